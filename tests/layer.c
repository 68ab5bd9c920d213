/* Linked with one whole floor and the floors above it: the test is that it links. */
int main(void)
{
	return 0;
}
