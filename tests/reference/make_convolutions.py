#!/usr/bin/python3
"""Writes the reference vectors of convolutional networks, conv*.csv (see README.md).

  /usr/bin/python3 make_convolutions.py [--seed 1] [--out DIR]

Needs PyTorch and NumPy. Optimizers, statistics and the way of writing are those of
make_reference.py; what is new here is the forward pass, by torch's own functions."""
from collections import OrderedDict as OD
import numpy as np
import torch
import torch.nn.functional as F

import make_reference as ref

MEAN = -1  # pools: 0 none, 2 max pooling of 2 x 2 places, -1 mean over the map


def spec(name, image, channels, kernels, paddings, pools, acts, loss, outputs, B, dense=(), **more):
    """Convolutions, then dense hidden layers of the widths in `dense`."""
    c, h, w = image
    depth, rest = len(channels), [0] * len(dense)
    sp = ref.spec(name, [c * h * w] + list(channels) + list(dense) + [outputs], acts, loss, 'he_normal', B,
                  bias='rand', **more)
    sp.update(image=image, kernels=list(kernels) + rest, paddings=list(paddings) + rest, pools=list(pools) + rest)
    assert len(kernels) == len(paddings) == len(pools) == depth
    return sp


SPECS = [
    spec('bn_skip1', (2, 5, 5), [3] * 4, [3] * 4, [1] * 4, [0, 0, 2, MEAN], 'tanh', 'ce', 3, 4, norm='bn', res=1),
    spec('ln_skip2pre', (1, 5, 4), [2] * 5, [3] * 5, [1] * 5, [0, 0, 0, 2, 0], 'silu', 'mse', 2, 5, norm='ln', res=2,
         res_add='pre'),
    spec('bnpost_dense', (3, 6, 5), [4, 3], [5, 2], [2, 0], [2, 0], 'leaky_relu', 'bce', 1, 6, dense=[4], norm='bn',
         norm_pos='post', l1=0.01, l2=0.02),
    spec('dropout', (1, 6, 6), [5, 4], [3, 3], [1, 2], [2, 2], 'relu', 'ce', 3, 7, dense=[6], drop=0.25),
    spec('lnpost_skip1pre', (2, 4, 5), [3] * 4, [3, 1, 3, 3], [1, 0, 1, 1], [0, 0, 0, MEAN], 'prelu', 'mse', 2, 6,
         norm='ln', norm_pos='post', res=1, res_add='pre'),
    spec('bnpre_skip2', (2, 4, 4), [3] * 7, [3] * 7, [1] * 7, [0] * 6 + [MEAN], 'relu', 'ce', 4, 6, norm='bn', res=2,
         res_add='post'),
    spec('wide', (3, 4, 4), [17, 16], [3, 3], [1, 1], [2, MEAN], 'gelu', 'ce', 5, 18),
]


def shapes(sp):
    """[channels, height, width] of each hidden layer's map, before pooling; a dense layer's [units]."""
    shape, out = list(sp['image']), []
    for l, n in enumerate(sp['sizes'][1:-1]):
        k, p = sp['kernels'][l], sp['paddings'][l]
        if not k:
            out.append([n])
            shape = [n]
            continue
        shape = [n, shape[1] + 2 * p - k + 1, shape[2] + 2 * p - k + 1]
        out.append(shape)
        if sp['pools'][l]:
            shape = [n, 1, 1] if sp['pools'][l] == MEAN else [n, shape[1] // 2, shape[2] // 2]
    return out


def start(sp):
    """float32-exact starting values, as float64 arrays."""
    r = ref.rng(sp['name']); P = OD(); s = sp['sizes']; H = len(s) - 2
    before = list(sp['image'])
    for l in range(1, len(s)):
        k = sp['kernels'][l - 1] if l <= H else 0
        fan_in = before[0] * k * k if k else int(np.prod(before))
        W = r.normal(0, np.sqrt(2 / fan_in), (s[l], before[0], k, k) if k else (s[l], fan_in))
        P['W%d' % l] = ref.f32(W); P['b%d' % l] = ref.f32(r.uniform(-.3, .3, s[l]))
        if l <= H and sp['norm'] != 'none':
            P['gamma%d' % l] = ref.f32(r.uniform(.6, 1.4, s[l])); P['beta%d' % l] = ref.f32(r.uniform(-.3, .3, s[l]))
        if l <= H and sp['acts'][l - 1] == 'prelu':
            P['alpha%d' % l] = ref.f32([0.25])
        if l <= H:
            before = shapes(sp)[l - 1]
            if k and sp['pools'][l - 1]:
                pooled = (lambda n: 1) if sp['pools'][l - 1] == MEAN else (lambda n: n // 2)
                before = [before[0], pooled(before[1]), pooled(before[2])]
    B = sp['B']; X = r.normal(0, 1, (B,) + tuple(sp['image']))
    if sp['loss'] == 'ce':
        Y = r.integers(0, s[-1], B)[:, None].astype(float)
    elif sp['loss'] == 'bce':
        Y = r.integers(0, 2, (B, s[-1])).astype(float)
    else:
        Y = r.normal(0, 1, (B, s[-1]))
    M = [ref.f32((r.random([B] + n) >= sp['drop']) / (1 - sp['drop'])) for n in shapes(sp)] if sp['drop'] else []
    return P, ref.f32(X), ref.f32(Y), M


class Net(ref.Net):
    def norm(s, l, v, train):
        if s.sp['norm'] == 'ln':  # over channels and places, with one gamma a channel
            return F.group_norm(v, 1, s.P['gamma%d' % l], s.P['beta%d' % l], s.EPS)
        return super().norm(l, v, train)

    def forward(s, train=True, keep=None):
        sp = s.sp; h = [s.X]
        for l in range(1, s.H + 1):
            W, b, k = s.P['W%d' % l], s.P['b%d' % l], sp['kernels'][l - 1]
            z = F.conv2d(h[-1], W, b, padding=sp['paddings'][l - 1]) if k else F.linear(h[-1].flatten(1), W, b)
            u = s.norm(l, z, train) if sp['norm_pos'] == 'pre' else z
            n = sp['res']; skip = h[l - n] if (n == 1 and l >= 2) or (n == 2 and l >= 3 and l % 2 == 1) else None
            if skip is not None and skip.shape != z.shape:
                skip = None
            if skip is not None and sp['res_add'] == 'pre':
                u = u + skip
            a = ref.act(sp['acts'][l - 1], u, s.P.get('alpha%d' % l))
            if sp['norm_pos'] == 'post':
                a = s.norm(l, a, train)
            if s.M and train:
                a = a * s.M[l - 1]
            if skip is not None and sp['res_add'] == 'post':
                a = a + skip
            pool = sp['pools'][l - 1]
            p = F.max_pool2d(a, 2) if pool == 2 else a.mean((2, 3), keepdim=True) if pool == MEAN else a
            h.append(p)
            if keep is not None:
                keep['z%d' % l], keep['u%d' % l], keep['h%d' % l] = z, u, a
                if pool:
                    keep['p%d' % l] = p
        o = F.linear(h[-1].flatten(1), s.P['W%d' % (s.H + 1)], s.P['b%d' % (s.H + 1)])
        if keep is not None:
            keep['out'] = o
        return o


def stats(n, keep, g, of_net=ref.stats):
    """A unit is a channel: dead where f' is 0 at all its places for all samples."""
    R = of_net(n, keep, g); dead = []
    for l in range(1, n.H + 1):
        name = n.sp['acts'][l - 1]; u = keep['u%d' % l].detach().to(ref.F64).requires_grad_()
        al = n.P.get('alpha%d' % l); al = al.detach().to(ref.F64) if al is not None else None
        d, = torch.autograd.grad(ref.act(name, u, al).sum(), u)
        dead.append((d == 0).transpose(0, 1).flatten(1).all(1).double().mean())
    R['stat.dead'] = torch.stack(dead)
    return R


def run(sp, dt, nudge=False):
    R = ref.run_net(sp, dt, nudge)
    n = Net(sp, dt, nudge); keep = OD(); o = n.forward(True, keep)
    for v in keep.values():
        v.retain_grad()
    n.loss(o).backward()
    for k, v in keep.items():
        if k[0] == 'p':
            R[k] = v.detach(); R['d' + k] = v.grad
    return R


def write(i, sp):
    runs = run(sp, ref.F64), run(sp, ref.F32), run(sp, ref.F32, True)
    n = Net(sp, ref.F64); o = ref.Out('conv%02d_%s.csv' % (i, sp['name']))
    o.meta('kind', 'conv')
    for k in ('name', 'loss', 'B', 'norm', 'norm_pos', 'res', 'res_add', 'drop', 'l1', 'l2'):
        o.meta(k, sp[k])
    for k in ('image', 'sizes', 'kernels', 'paddings', 'pools', 'acts'):
        o.meta(k, ' '.join(map(str, sp[k])))
    o.meta('norm_eps', n.EPS); o.meta('bn_momentum', n.MOM)
    o.tensor('X', n.X); o.tensor('Y', n.Y)
    for l, m in enumerate(n.M):
        o.tensor('mask%d' % (l + 1), m)
    for k, v in n.P.items():
        o.tensor(k, v)
    noise = set()
    if sp['norm'] == 'bn' and sp['norm_pos'] == 'pre':  # a bias in front of batch norm has gradient 0
        noise = {'%s.%d.b%d' % (k, t, l) for k in ref.OPTS if 'ad' in k for t in (1, 20) for l in range(1, n.H + 1)}
    o.both(*runs, noise=noise); o.close()


if __name__ == '__main__':
    ref.start, ref.Net, ref.stats = start, Net, stats
    ref.OPTS = OD((k, ref.OPTS[k]) for k in ('sgd', 'adam', 'sgd_clipnorm', 'keras_adam'))
    for i, sp in enumerate(SPECS):
        write(i, sp)
