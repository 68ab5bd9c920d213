/* Data files of every kind, in tests/cases: how each is read, or why it is refused. */
#include "datasets.h"

/* clang-format off */
static const struct {
	const char *file;
	const char *target, *drop;
	int rows, features, classes;
	const char *note; /* or, if there are no rows, the message that refuses it */
} cases[] = {
	{"ws.txt", "", "", 60, 2, 2, ""},
	{"pipe.csv", "", "", 60, 2, 2, ""},
	{"hash_comments.csv", "", "", 60, 2, 2, ""},
	{"pandas_numhead.csv", "", "", 150, 4, 3,
		"the first line is taken for the names of the columns; after a line of names it is a "
		"point"},
	{"iris_id_sorted.csv", "", "", 150, 3, 3, "column 'Id' counts the rows: drop=Id leaves it out"},
	{"iris_id_sorted.csv", "", "Id", 150, 2, 3, ""},
	{"label_header_first.csv", "", "", 90, 2, 0,
		"column 'x2' is learned, as the last one; target=label learns column 'label' instead"},
	{"label_header_first.csv", "label", "", 90, 2, 3, ""},
	{"price_thousands.csv", "", "", 0, 0, 0, "tests/cases/price_thousands.csv:2:8: "
		"found '295,534' in column 'price', a number with thousands separators, expected 295534 "
		"(task=class takes it for a class)"},
	{"price_thousands.csv", "rooms", "price", 200, 1, 5, ""},
	{"dec_comma_target.csv", "", "", 0, 0, 0, "tests/cases/dec_comma_target.csv:2:5: "
		"found '0,42' in column 'y', a number with a decimal comma, expected 0.42 "
		"(task=class takes it for a class)"},
};
/* clang-format on */

static void every_case_is_read_or_refused_as_expected(void **state)
{
	(void)state;
	for (int i = 0; i < LENGTH(cases); i++) {
		char path[100];
		snprintf(path, sizeof(path), "tests/cases/%s", cases[i].file);
		struct dataset_request request = request_default(path);
		struct error error = {.text = ""};
		request.target = cases[i].target;
		request.drop = cases[i].drop;
		struct dataset *data = make_sliced(&request, 1000, &error);
		if (cases[i].rows == 0) {
			assert_null(data);
			assert_string_equal(error.text, cases[i].note);
			continue;
		}
		assert_non_null(data);
		assert_string_equal(data->notes.count > 0 ? data->notes.text[0] : "", cases[i].note);
		assert_true(data->notes.count <= 1);
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
		cmocka_unit_test(every_case_is_read_or_refused_as_expected),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
