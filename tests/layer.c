/* Linked with the whole of one layer and only what stands above it: that it links at all is the
 * test. */
int main(void)
{
	return 0;
}
