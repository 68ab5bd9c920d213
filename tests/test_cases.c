/* Files as people have them, in tests/cases: what is made of each, or why it is refused. */
#include "datasets.h"

static const struct {
	const char *file;
	int rows, features, classes;
} cases[] = {
	{"ws.txt", 60, 2, 2},
	{"pipe.csv", 60, 2, 2},
	{"hash_comments.csv", 60, 2, 2},
};

static void every_case_is_read_for_what_it_is(void **state)
{
	(void)state;
	for (int i = 0; i < LENGTH(cases); i++) {
		char path[100];
		snprintf(path, sizeof(path), "tests/cases/%s", cases[i].file);
		struct dataset_request request = request_default(path);
		struct dataset *data = make(&request);
		assert_int_equal(data->rows, cases[i].rows);
		assert_int_equal(data->features, cases[i].features);
		assert_int_equal(data->classes, cases[i].classes);
		dataset_free(data);
		assert_sliced_the_same(&request);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_is_read_for_what_it_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
