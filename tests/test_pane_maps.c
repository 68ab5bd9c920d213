/* Pane maps: kernels and maps of a convolutional network that trains in a session. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ui/heat.h"
#include "ui/pane_rows.h"

#include "session.h"

static struct fixture session_of(const char *settings)
{
	struct fixture fixture = start_paused(settings, "braille");
	zoom_to(&fixture, "maps");
	return fixture;
}

static void the_pane_counts_kernels_weights_and_the_places_they_serve(void **state)
{
	(void)state;
	struct fixture fixture = session_of("data=digits model=cnn depth=3 width=2");
	assert_true(shows(&fixture, "layer 1: 2 kernels of 3x3"));
	assert_true(shows(&fixture, "18 weights, used at 64 places"));
	press(&fixture, 'j');
	press(&fixture, 'j');
	assert_true(shows(&fixture, "layer 3: 2 kernels of 3x3"));
	assert_true(shows(&fixture, "36 weights, used at 16 places")); /* a pooling in between */
	press(&fixture, 'j'); /* the output layer has no maps: those below it stay */
	assert_true(shows(&fixture, "layer 3: 2 kernels of 3x3"));
	app_free(fixture.app);
}

static void the_pane_tells_what_a_dense_layer_with_as_many_units_would_have(void **state)
{
	(void)state;
	struct fixture fixture = session_of("data=digits model=cnn depth=3 width=2 kernel=5");
	assert_true(shows(&fixture, "layer 1: 2 kernels of 5x5"));
	assert_true(shows(&fixture, "50 weights, used at 64 places"));
	assert_true(shows(&fixture, "dense: 64~128 = 8192")); /* of 8x8 places, 2 channels of 8x8 */
	press(&fixture, 'j');
	press(&fixture, 'j');
	assert_true(shows(&fixture, "dense: 32~32 = 1024")); /* 4x4 places behind the pooling */
	app_free(fixture.app);
}

static void a_network_without_convolution_says_which_has_one(void **state)
{
	(void)state;
	struct fixture fixture = session_of("model=mlp");
	assert_true(shows(&fixture, "no convolution in this network"));
	assert_true(shows(&fixture, ":model=cnn"));
	app_free(fixture.app);
}

/* The upper left pixel of a kernel has the colour of the weight there, on the scale of all. */
static void a_pixel_has_the_colour_of_its_weight(void **state)
{
	(void)state;
	struct fixture fixture = session_of("data=digits model=cnn depth=1 width=2 seed=1");
	const struct context context = app_context(fixture.app, 0);
	const struct picture picture = context_picture(&context);
	assert_non_null(picture.frame.state);
	assert_non_null(picture.frame.state->net);
	const struct net_layer *layer = net_layer_of(picture.frame.state->net, 1);
	struct canvas *canvas = canvas_new();
	assert_true(canvas && canvas_reset(canvas, 120, 36, glyphs_find("braille")));
	canvas->colors = 256;
	pane_maps.draw(&picture, area_all(canvas));
	double most = 0;
	for (size_t i = 0; i < layer->weights; i++)
		most = fabs((double)layer->weight[i]) > most ? fabs((double)layer->weight[i]) : most;
	int x = 0; /* where the first channel's tile begins, right of the sample */
	while (x < 120 && canvas->cell[x].code != '1')
		x++;
	assert_in_range(x, 1, 119);
	const struct cell *cell = &canvas->cell[120 + x];
	double share = ((double)layer->weight[0] + most) / (2 * most);
	assert_int_equal(cell->style, heat_style(heat_step_of_share(share)));
	canvas_free(canvas);
	app_free(fixture.app);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_pane_counts_kernels_weights_and_the_places_they_serve),
		cmocka_unit_test(the_pane_tells_what_a_dense_layer_with_as_many_units_would_have),
		cmocka_unit_test(a_network_without_convolution_says_which_has_one),
		cmocka_unit_test(a_pixel_has_the_colour_of_its_weight),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
