/* The unit tests' harness.

       TEST("a cut at a missing separator finds nothing")
       {
           Cut c = str_cut(S("abc"), '=');
           CHECK(!c.found);
           CHECK_STR(c.head, "abc");
       }

   A test registers itself; it has `Arena *a` (closed after it) and `Err err` in scope. CHECK and its
   kin count a failure, print both values and go on; CHECK_OK and SKIP end the test. All but SKIP and
   the ending of CHECK_OK may be used from other threads and from helper functions.
   `build/unit words` runs the tests whose file or sentence has the words. */
#ifndef BANYAN_TEST_CHECK_H
#define BANYAN_TEST_CHECK_H

#include "base/err.h"
#include "base/fault.h"
#include "base/json.h"

#define TEST(sentence)        TEST_AT_(sentence, __COUNTER__)
#define TEST_AT_(sentence, n) TEST_NAMED_(sentence, n)
#define TEST_NAMED_(sentence, n)                                             \
    static void                              test_##n##_(Arena *a, Err err); \
    __attribute__((constructor)) static void test_register_##n##_(void)      \
    {                                                                        \
        test_register("" sentence, __FILE__, __LINE__, test_##n##_);         \
    }                                                                        \
    static void test_##n##_(__attribute__((unused)) Arena *a, __attribute__((unused)) Err err)

#define CHECK(condition) check_that((condition), __FILE__, __LINE__, #condition)
#define CHECK_EQ_INT(actual, expected) \
    check_int((intmax_t)(actual), (intmax_t)(expected), __FILE__, __LINE__, #actual)
#define CHECK_EQ_DOUBLE(actual, expected) \
    check_double((actual), (expected), __FILE__, __LINE__, #actual)
/* Either may be a Str or a zero-ended string. */
#define CHECK_STR(actual, expected) \
    check_str(CHECK_AS_STR_(actual), CHECK_AS_STR_(expected), __FILE__, __LINE__, #actual)
/* The same JSON value as a JSON text (see json_same). */
#define CHECK_JSON(actual, expected_text) \
    check_json((actual), CHECK_AS_STR_(expected_text), __FILE__, __LINE__, #actual)
/* The call is true; else `err` is printed and the test ends. */
#define CHECK_OK(call) check_ok((call), &err, __FILE__, __LINE__, #call)
/* The call is false and left this code in `err`: CHECK_ERR(json_read(…, &err), ERR_FORMAT). */
#define CHECK_ERR(call, expected_code) \
    check_err((call), &err, (expected_code), __FILE__, __LINE__, #call)
#define SKIP(reason) test_skip(__FILE__, __LINE__, reason)

/* The block runs twice a fault point: with the point failing once, then for good. A point that the
   block does not pass is a failed check. Do not leave the block with return, break or goto. */
#define FOR_EACH_FAULT(...)                                                               \
    for (FaultLoop fault_loop_ = fault_loop_start(                                        \
             (const Fault[]){ __VA_ARGS__ },                                              \
             sizeof((const Fault[]){ __VA_ARGS__ }) / sizeof(Fault), __FILE__, __LINE__); \
         fault_loop_next(&fault_loop_);)

/* A new empty folder, removed with all that is in it when the arena closes. */
const char *test_folder(Arena *a);
/* The path of a file of the material shared by the project's builders ("data/…"), looked for in
   $BANYAN_SHARED, then in ../shared; when it is not there the test ends as skipped. */
const char *test_shared(Arena *a, const char *path);

typedef void TestFunction(Arena *a, Err err);
void         test_register(const char *sentence, const char *file, int line, TestFunction *run);
void         test_skip(const char *file, int line, const char *reason);

bool check_that(bool ok, const char *file, int line, const char *what);
bool check_int(intmax_t actual, intmax_t expected, const char *file, int line, const char *what);
bool check_double(double actual, double expected, const char *file, int line, const char *what);
bool check_str(Str actual, Str expected, const char *file, int line, const char *what);
bool check_json(const Json *actual, Str expected, const char *file, int line, const char *what);
bool check_ok(bool ok, const Err *err, const char *file, int line, const char *what);
bool check_err(bool ok, const Err *err, ErrCode expected, const char *file, int line,
               const char *what);
Str  check_same_str(Str s);
#define CHECK_AS_STR_(x) _Generic((x), Str                  \
                                  : check_same_str, default \
                                  : str_of)(x)

typedef struct {
    const Fault *points;
    size_t       n, turn; /* turns already begun; two a point */
    long         passed;  /* how often the armed point had been passed before this turn */
    const char  *file;
    int          line;
} FaultLoop;
FaultLoop fault_loop_start(const Fault *points, size_t n, const char *file, int line);
bool      fault_loop_next(FaultLoop *loop);

#endif
