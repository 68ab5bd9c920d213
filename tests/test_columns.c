/* The columns of a CSV: which line is the header, which column is learned, which are left out,
 * and what the reader is told. */
#include "datasets.h"

#include "../src/lab/columns.h"
#include "lab/text.h"

#define NUMBERED \
	"the first line is taken for the names of the columns; " \
	"after a line of names it is a point"

/* A request for a file with these bytes. */
static struct dataset_request request_for(
	const struct place *place, const char *text, const char *target, const char *drop)
{
	struct dataset_request request = request_default(place->file);
	request.split = 0;
	request.target = target;
	request.drop = drop;
	file_write(place, text);
	return request;
}

static void assert_refused(const struct dataset_request *request, int status, const char *expected)
{
	struct error error = {.text = ""};
	assert_null(make_sliced(request, 1000000, &error));
	assert_string_equal(error.text + strlen(request->data), expected);
	assert_int_equal(error.status, status);
}

/* The notes in one line each. */
static void assert_notes(const struct dataset *data, const char *expected)
{
	char text[NOTES_MAX * NOTE_MAX] = "";
	for (int i = 0; i < data->notes.count; i++) {
		strcat(text, data->notes.text[i]);
		strcat(text, "\n");
	}
	assert_string_equal(text, expected);
}

static void numbers_as_people_write_them_are_refused_with_the_reason(void **state)
{
	static const struct {
		const char *text, *flaw, *plain; /* no flaw: a word */
	} cases[] = {
		{"221,900", "thousands separators", "221900"},
		{"-1,234,567.50", "thousands separators", "-1234567.50"},
		{"1.234.567", "thousands separators", "1234567"},
		{"1.234,5", "thousands separators", "1234.5"},
		{"1 234", "thousands separators", "1234"},
		{"1\xC2\xA0"
		 "234,5",
			"thousands separators", "1234.5"},
		{"1\xE2\x80\xAF"
		 "234",
			"thousands separators", "1234"},
		{"1'234'567", "thousands separators", "1234567"},
		{"1_000", "thousands separators", "1000"},
		{"0,42", "a decimal comma", "0.42"},
		{"0,421", "a decimal comma", "0.421"},
		{"-12,5", "a decimal comma", "-12.5"},
		{"1234,567", "a decimal comma", "1234.567"},
		{",5", "a decimal comma", ".5"},
		{"$5", "a currency sign", "5"},
		{"-$1,234.50", "a currency sign", "-1234.50"},
		{"12,50 \xE2\x82\xAC", "a currency sign", "12.50"},
		{"EUR 7", "a currency sign", "7"},
		{"\xC2\xA3"
		 "3.5",
			"a currency sign", "3.5"},
		{"12.5%", "a percent sign", "12.5"},
		{"50 %", "a percent sign", "50"},
		{"1,2,3", NULL, NULL},
		{"2019-01-01", NULL, NULL},
		{"12:30", NULL, NULL},
		{"$", NULL, NULL},
		{"%", NULL, NULL},
		{",", NULL, NULL},
		{"1,", NULL, NULL},
		{"7 up", NULL, NULL},
		{"1.2.3", NULL, NULL},
		{"EUR", NULL, NULL},
		{"1e", NULL, NULL},
		{"11111111111111111111111111111111111111111111111,5", NULL, NULL},
		{"1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1", NULL, NULL},
	};
	const struct place *place = *state;
	for (int i = 0; i < LENGTH(cases); i++) {
		char text[200], expected[300];
		snprintf(text, sizeof(text), "x;price\n1;\"%s\"\n2;a\n", cases[i].text);
		struct dataset_request request = request_for(place, text, NULL, NULL);
		if (cases[i].flaw == NULL) {
			struct dataset *data = make(&request);
			assert_int_equal(data->classes, 2);
			dataset_free(data);
			continue;
		}
		snprintf(expected, sizeof(expected),
			":2:3: found '%s' in column 'price', a number with %s, "
			"expected %s (task=class takes it for a class)",
			cases[i].text, cases[i].flaw, cases[i].plain);
		assert_refused(&request, STATUS_WORLD, expected);
		request.task = "class";
		struct dataset *data = make(&request);
		assert_int_equal(data->classes, 2);
		dataset_free(data);
	}
}

static void words_beside_them_make_them_classes(void **state)
{
	const struct dataset_request request = request_for(*state, "x;y\n1;a\n2;1,5\n", NULL, NULL);
	struct dataset *data = make(&request);
	assert_string_equal(data->class_name[0], "1,5");
	dataset_free(data);
}

static void columns_are_chosen_by_name_or_number(void **state)
{
	static const struct {
		const char *text, *target, *drop;
		int rows, features, classes;
	} cases[] = {
		{"label,a,b\nx,1,5\ny,2,6\n", "label", "", 2, 2, 2},
		{"label,a,b\nx,1,5\ny,2,6\n", "LABEL", NULL, 2, 2, 2},
		{"label,a,b\nx,1,5\ny,2,6\n", "1", "", 2, 2, 2},
		{"x,1,5\ny,2,6\n", "1", "", 2, 2, 2},
		{"x,1,5\ny,2,6\n", "1", "3", 2, 1, 2},
		{"a,A,c\n1,2,x\n3,4,y\n", "", "A", 2, 1, 2},
		{"name,a,b,c\nm,1,2,x\nn,3,4,y\n", "", "name", 2, 2, 2},
		{"m,1,2,x\nn,3,4,y\n", "", "1", 2, 2, 2},
		{"a,b,name\n1,x,m\n2,y,n\n", "", "name", 2, 1, 2},
		{"a,b,c,d\n1,2,3,x\n4,5,6,y\n", "d", " a , 2,", 2, 1, 2},
		{"0,1,2,3\n1,2,3,x\n4,5,6,y\n", "3", "0,2", 2, 1, 2},
		{"1,2,3,0\n1,5,6,1\n", "2", "", 2, 3, 2},
	};
	const struct place *place = *state;
	for (int i = 0; i < LENGTH(cases); i++) {
		struct dataset_request request =
			request_for(place, cases[i].text, cases[i].target, cases[i].drop);
		struct dataset *data = make(&request);
		assert_int_equal(data->rows, cases[i].rows);
		assert_int_equal(data->features, cases[i].features);
		assert_int_equal(data->classes, cases[i].classes);
		dataset_free(data);
		assert_sliced_the_same(&request);
	}
}

/* The same points, whatever the order of the columns and whatever is left out. */
static void a_chosen_target_learns_as_if_it_were_the_last(void **state)
{
	static const struct {
		const char *text, *target, *drop;
	} cases[] = {
		{"y,a,b\n0.5,1,7\n1.5,2,9\n2.5,4,8\n4.5,8,1\n", "y", ""},
		{"a,y,n,b\n1,0.5,w,7\n2,1.5,x,9\n4,2.5,y,8\n8,4.5,z,1\n", "2", "n"},
		{"1,0.5,w,7\n2,1.5,x,9\n4,2.5,y,8\n8,4.5,z,1\n", "2", "3"},
	};
	const struct place *place = *state;
	struct dataset_request request =
		request_for(place, "1,7,0.5\n2,9,1.5\n4,8,2.5\n8,1,4.5\n", NULL, NULL);
	struct dataset *plain = make(&request);
	for (int i = 0; i < LENGTH(cases); i++) {
		request = request_for(place, cases[i].text, cases[i].target, cases[i].drop);
		struct dataset *data = make(&request);
		assert_same(plain, data);
		dataset_free(data);
	}
	dataset_free(plain);
}

static void a_missing_column_is_refused_with_the_existing_ones(void **state)
{
	static const struct {
		const char *text, *target, *drop;
		int status;
		const char *expected;
	} cases[] = {
		{"a,b,c\n1,2,3\n", "prize", "", STATUS_USAGE,
			":1: found no column 'prize' for target=, expected a, b, c, or a number from 1 to 3"},
		{"a,b,c\n1,2,3\n", "", "b,d", STATUS_USAGE,
			":1: found no column 'd' for drop=, expected a, b, c, or a number from 1 to 3"},
		{"a,a,c\n1,2,3\n", "a", "", STATUS_USAGE,
			":1: found no column 'a' for target=, expected a, a, c, or a number from 1 to 3"},
		{"1,2,3\n1,2,3\n", "4", "", STATUS_USAGE,
			":1: found no column '4' for target=, expected a number from 1 to 3"},
		{"1,2,3\n1,2,3\n", "", "0", STATUS_USAGE,
			":1: found no column '0' for drop=, expected a number from 1 to 3"},
		{"a,b,c\n1,2,3\n", "99999999999", "", STATUS_USAGE,
			":1: found no column '99999999999' "
			"for target=, expected a, b, c, or a number from 1 to 3"},
		{"a,b,c\n1,2,3\n", "c", "3", STATUS_USAGE,
			":1: drop=3 leaves out the column that target=c learns"},
		{"a,b,c\n1,2,3\n", "", "a,b", STATUS_USAGE, ":1: drop=a,b leaves no feature"},
		{"a,b,c\n1,2,3\n", "", "a,b,c", STATUS_USAGE, ":1: drop=a,b,c leaves no column to learn"},
	};
	const struct place *place = *state;
	for (int i = 0; i < LENGTH(cases); i++) {
		struct dataset_request request =
			request_for(place, cases[i].text, cases[i].target, cases[i].drop);
		assert_refused(&request, cases[i].status, cases[i].expected);
	}
}

static void a_long_list_of_columns_is_cut_at_a_name(void **state)
{
	char text[2000] = "";
	for (int i = 0; i < 100; i++)
		sprintf(text + strlen(text), "column%d,", i);
	strcat(text, "y\n");
	struct dataset_request request = request_for(*state, text, "x", NULL);
	struct error error = {.text = ""};
	assert_null(make_sliced(&request, 1000000, &error));
	assert_string_equal(error.text + strlen(request.data),
		":1: found no column 'x' for target=, "
		"expected column0, column1, column2, column3, column4, column5, column6, column7, column8, "
		"column9, column10, column11, column12, column13, column14, ..., or a number from 1 to "
		"101");
}

/* Names of many lengths, some of three bytes a letter, in room of any size. */
static void a_list_of_columns_keeps_to_its_room(void **state)
{
	enum { NAMES = 6, BEYOND = 8 };
	unsigned seed = 1;
	(void)state;
	for (int turn = 0; turn < 4000; turn++) {
		char line[1024] = "", names[200], kept[1024] = "";
		size_t size = 6 + (size_t)turn % 150;
		for (int i = 0; i < NAMES; i++) {
			seed = seed * 1664525 + 1013904223;
			for (unsigned k = (seed >> 16) % 50 + 1; k > 0; k--)
				strcat(line, seed >> 31 ? "\xE2\x82\xAC" : "a");
			strcat(line, i + 1 < NAMES ? "," : "\n");
		}
		struct csv *csv = csv_open_memory("line", line, strlen(line), NULL);
		assert_int_equal(csv_next(csv, NULL), 1);
		memset(names, '#', sizeof(names));
		columns_names(csv, names, size);
		for (size_t i = 0; i < BEYOND; i++)
			assert_int_equal(names[size + i], '#');
		assert_true(strlen(names) < size);
		/* whole characters: cleaning changes nothing */
		text_clean(kept, sizeof(kept), names);
		assert_string_equal(kept, names);
		assert_string_equal(names + strlen(names) - 2, ", ");
		csv_close(csv);
	}
}

static void headers_are_told_from_points(void **state)
{
	static const struct {
		const char *text;
		int rows, classes;
		const char *notes;
	} cases[] = {
		{"0,1,2\n5,4,a\n6,4,b\n", 2, 2, NUMBERED "\n"},
		{"0,1,2\n5,4,1.5\n6,4,2\n", 2, 0, NUMBERED "\n"},
		{",0,1,2\n7,5,4,a\n9,6,4,b\n", 2, 2, NUMBERED "\n"},
		{"0,1\n1,0\n2,1\n", 3, 2, ""},
		{"1,2,3\n5,4,1\n", 2, 2, ""},
		{"2019,2020,price\n1,2,1.5\n2,3,2.5\n", 2, 0, ""},
		{"2019,2020,price\n1,2,1\n2,3,2\n", 2, 2, ""},
		{"2019,2020\n1,a\n2,b\n3,a\n", 3, 2, NUMBERED "\n"},
		{"1,x\n2,3\n3,x\n", 3, 2, ""},
		{"1,3\n2,x\n3,3\n4,x\n", 4, 2, ""},
		{"1,x\n2,y\n3,z\n", 3, 3, ""},
		{"1,x\n2,3\n", 2, 2, ""},
	};
	const struct place *place = *state;
	for (int i = 0; i < LENGTH(cases); i++) {
		struct dataset_request request = request_for(place, cases[i].text, NULL, NULL);
		struct dataset *data = make(&request);
		assert_int_equal(data->rows, cases[i].rows);
		assert_int_equal(data->classes, cases[i].classes);
		assert_notes(data, cases[i].notes);
		dataset_free(data);
		assert_sliced_the_same(&request);
	}
}

static void a_header_found_at_the_end_is_no_point(void **state)
{
	static const char *const headers[] = {"2019,2020,price\n", "0,1,2\n", "a,b,c\n"};
	static const char points[] = "5,4,1.5\n6,4,2\n9,1,7.5\n";
	const struct place *place = *state;
	struct dataset_request request = request_for(place, points, NULL, NULL);
	struct dataset *plain = make(&request);
	for (int i = 0; i < LENGTH(headers); i++) {
		char text[100];
		snprintf(text, sizeof(text), "%s%s", headers[i], points);
		request = request_for(place, text, NULL, NULL);
		struct dataset *data = make(&request);
		assert_same(plain, data);
		dataset_free(data);
	}
	dataset_free(plain);
}

static void oddities_of_a_file_are_noted(void **state)
{
	static const struct {
		const char *text, *target, *notes;
	} cases[] = {
		{"Label,a,b\n0,1,7\n1,2,9\n", "",
			"column 'b' is learned, as the last one; "
			"target=Label learns column 'Label' instead\n"},
		{"class,a,b\n0,1,7\n1,2,9\n", "b", ""},
		{"y,a,class\n0,1,7\n1,2,9\n", "", ""},
		{"y,a,b\n1,0,0\n2,5,1\n3,5,0\n4,7,1\n5,5,1\n", "",
			"column 'b' is learned, as the last one; target=y learns column 'y' instead\n"
			"column 'y' counts the rows: drop=y leaves it out\n"},
		{"0,3,x\n1,2,y\n2,5,x\n3,5,y\n4,5,y\n", "",
			"column 1 counts the rows: drop=1 leaves it out\n"},
		{"row id,3,x\n0,3,x\n1,2,y\n2,5,x\n3,5,y\n4,5,y\n", "",
			"column 'row id' counts the rows: drop=1 leaves it out\n"},
		{"0,1,x\n2,2,y\n2,3,x\n3,4,y\n4,5,y\n", "",
			"column 2 counts the rows: drop=2 leaves it out\n"},
		{"1,3,x\n2,2,y\n3,5,x\n4,5,y\n5,5,y\n7,5,y\n", "", ""},
		{"1,3,x\n2,2,y\n3,5,x\n4,5,y\n", "", ""},
		{"1,x\n2,y\n3,x\n4,y\n5,y\n", "", ""},
		{"1,a\n1,b\n1,c\n1,d\n1,e\n1,f\n1,g\n1,h\n1,h\n1,h\n", "",
			"nearly every row is a class of its own: 8 classes in 10 rows of column 2\n"},
		{"1,a\n1,b\n1,c\n1,d\n1,e\n1,f\n1,g\n1,g\n1,g\n1,g\n", "", ""},
	};
	const struct place *place = *state;
	for (int i = 0; i < LENGTH(cases); i++) {
		struct dataset_request request = request_for(place, cases[i].text, cases[i].target, NULL);
		struct dataset *data = make(&request);
		assert_notes(data, cases[i].notes);
		dataset_free(data);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, place_make, place_remove)

static void titles_of_pixels_in_order_make_an_image(void **state)
{
	static const struct {
		const char *titles, *drop;
		int width, height; /* 0: no image */
	} cases[] = {
		{"row 1 column 1,row 1 column 2,row 1 column 3,row 2 column 1,row 2 column 2,"
		 "row 2 column 3,kind",
			"", 3, 2},
		{"id,row 1 column 1,row 1 column 2,row 2 column 1,row 2 column 2,age,kind", "id,age", 2, 2},
		{"id,row 1 column 1,row 1 column 2,row 2 column 1,row 2 column 2,age,kind", "age", 0, 0},
		{"row 1 column 1,row 2 column 1,row 1 column 2,row 2 column 2,a,b,kind", "a,b", 0, 0},
		{"row 1 column 1,row 1 column 2,row 2 column 1,row 2 column 2 x,a,b,kind", "a,b", 0, 0},
		{"row 1 column 1,row 1 column 2,row 2 column 1,row 99999999 column 2,a,b,kind", "a,b", 0,
			0},
		{"a,b,c,d,e,f,kind", "", 0, 0},
	};
	for (int i = 0; i < LENGTH(cases); i++) {
		char text[400];
		snprintf(text, sizeof(text), "%s\n5,1,2,3,4,5,x\n3,9,8,7,5,6,y\n0,0,1,0,2,1,x\n",
			cases[i].titles);
		struct dataset_request request = request_for(*state, text, "", cases[i].drop);
		struct dataset *data = make(&request);
		assert_int_equal(data->image_width, cases[i].width);
		assert_int_equal(data->image_height, cases[i].height);
		dataset_free(data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(numbers_as_people_write_them_are_refused_with_the_reason),
		TEST(words_beside_them_make_them_classes),
		TEST(columns_are_chosen_by_name_or_number),
		TEST(a_chosen_target_learns_as_if_it_were_the_last),
		TEST(a_missing_column_is_refused_with_the_existing_ones),
		TEST(a_long_list_of_columns_is_cut_at_a_name),
		cmocka_unit_test(a_list_of_columns_keeps_to_its_room),
		TEST(headers_are_told_from_points),
		TEST(a_header_found_at_the_end_is_no_point),
		TEST(oddities_of_a_file_are_noted),
		TEST(titles_of_pixels_in_order_make_an_image),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
