/* See part_index.h: conditions into ranges of numbers of values, and these into rows, block by block. */
#include "data/part_index.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "data/part_index_inside.h"

struct PartIndex {
    const char        *at;
    size_t             len;
    IndexEnd           end;
    const IndexColumn *columns;
    atomic_uchar      *checked; /* by column */
};

/* ---- the file ---- */

static bool lies_in(const PartIndex *x, uint64_t at, uint64_t len)
{
    return at <= x->len && len <= x->len - at;
}

static bool corrupt(const char *path, Err *err)
{
    return fail(err, ERR_CORRUPT, "%s is not as it was written", path);
}

static bool end_read(PartIndex *x)
{
    if (x->len < 16 + sizeof x->end) return false;
    memcpy(&x->end, x->at + x->len - sizeof x->end, sizeof x->end);
    size_t bytes = x->end.columns * sizeof(IndexColumn);
    if (memcmp(x->end.mark, INDEX_MARK, sizeof x->end.mark) != 0 || x->end.columns > INDEX_COLUMNS ||
        x->end.columns_at % 8 || !lies_in(x, x->end.columns_at, bytes))
        return false;
    x->columns = (const IndexColumn *)(x->at + x->end.columns_at);
    return x->end.sum == sum_on(crc32_of(x->columns, bytes), crc32_of(&x->end, offsetof(IndexEnd, sum)));
}

bool part_index_open(const char *path, PartIndex **out, Err *err)
{
    struct stat st;
    PartIndex  *x = calloc(1, sizeof *x);
    int         fd = open(path, O_RDONLY | O_CLOEXEC);
    void       *map = MAP_FAILED;
    if (!x) memory_end(sizeof *x);
    bool ok = fd >= 0 && fstat(fd, &st) == 0;
    if (ok && st.st_size > 0) map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (!ok || (st.st_size > 0 && map == MAP_FAILED)) ok = fail_errno(err, "reading %s", path);
    if (fd >= 0) close(fd);
    if (map != MAP_FAILED) x->at = map, x->len = (size_t)st.st_size;
    if (ok && !end_read(x)) ok = corrupt(path, err);
    if (ok) {
        x->checked = calloc(x->end.columns + 1, 1);
        if (!x->checked) memory_end(x->end.columns);
        *out = x;
    } else {
        part_index_close(x);
    }
    return ok;
}

void part_index_close(PartIndex *x)
{
    if (!x) return;
    if (x->len) munmap((void *)x->at, x->len);
    free(x->checked);
    free(x);
}

uint64_t part_index_rows(const PartIndex *x)
{
    return x->end.rows;
}

static const uint32_t *directory_of(const PartIndex *x, const IndexColumn *c)
{
    return (const uint32_t *)(x->at + c->directory_at);
}

static bool column_lies_well(const PartIndex *x, const IndexColumn *c)
{
    size_t   blocks = blocks_of(x->end.rows), entries = blocks * c->slices;
    uint64_t least = c->type == VALUE_TEXT || c->type == VALUE_FLAGS ? (c->values + UINT64_C(1)) * 8
                                                                     : c->values * UINT64_C(8);
    if (c->type >= VALUE_TYPES || c->slices > SLICES_MAX || c->values > INDEX_DISTINCT_MAX || c->values >> c->slices ||
        c->values_at % 8 || c->directory_at % 8 || c->values_len < least || !lies_in(x, c->values_at, c->values_len) ||
        !lies_in(x, c->directory_at, entries * 4))
        return false;
    for (size_t i = 0; i < entries; i++) {
        uint64_t where = directory_of(x, c)[i];
        if (where > SLICE_ONES && !lies_in(x, where * 8, BLOCK_WORDS * 8)) return false;
    }
    return true;
}

static Str text_at(const PartIndex *x, const IndexColumn *c, size_t i)
{
    const uint64_t *offsets = (const uint64_t *)(x->at + c->values_at);
    const char     *bytes = (const char *)(offsets + c->values + 1);
    return (Str){ bytes + offsets[i], (size_t)(offsets[i + 1] - offsets[i]) };
}

static uint32_t sum_of_values(const PartIndex *x, const IndexColumn *c)
{
    uint32_t    sum = 0;
    const char *values = x->at + c->values_at;
    if (c->type == VALUE_TEXT || c->type == VALUE_FLAGS) {
        const uint64_t *offsets = (const uint64_t *)values;
        size_t          head = (c->values + (size_t)1) * 8;
        for (size_t i = 0; i < c->values; i++)
            if (offsets[i] > offsets[i + 1] || offsets[i + 1] > c->values_len - head) return ~c->sum_of_values;
        sum = sum_on(sum, crc32_of(values, head));
        for (size_t i = 0; i < c->values; i++) sum = sum_on(sum, crc32_of(text_at(x, c, i).at, text_at(x, c, i).len));
    } else {
        sum = sum_on(sum, crc32_of(values, c->values * (size_t)8));
    }
    return sum_on(sum, crc32_of(directory_of(x, c), blocks_of(x->end.rows) * c->slices * 4));
}

static bool column_check(PartIndex *x, const IndexColumn *c, Err *err)
{
    atomic_uchar *checked = &x->checked[c - x->columns];
    uint32_t      sum = 0;
    if (atomic_load(checked)) return true;
    bool ok = column_lies_well(x, c) && sum_of_values(x, c) == c->sum_of_values;
    for (size_t i = 0; ok && i < blocks_of(x->end.rows) * c->slices; i++) {
        uint32_t where = directory_of(x, c)[i];
        if (where > SLICE_ONES) sum = sum_on(sum, crc32_of(x->at + (size_t)where * 8, BLOCK_WORDS * 8));
    }
    ok = ok && sum == c->sum_of_slices;
    atomic_store(checked, ok);
    return ok || fail(err, ERR_CORRUPT, "the index is not as it was written");
}

/* ---- tests into ranges of numbers ---- */

typedef struct {
    uint32_t low, high; /* both in it */
} Range;

typedef struct {
    Range  range[INDEX_RANGES_MAX];
    size_t n;
} Ranges;

static bool range_add(Ranges *r, uint32_t low, uint32_t high)
{
    if (low > high) return true;
    if (r->n && r->range[r->n - 1].high + 1 == low) {
        r->range[r->n - 1].high = high;
        return true;
    }
    if (r->n == INDEX_RANGES_MAX) return false;
    r->range[r->n++] = (Range){ low, high };
    return true;
}

/* Value `i` of the column beside a bound; types were looked at before. */
static int compare(const PartIndex *x, const IndexColumn *c, size_t i, const DuckValue *bound)
{
    const char *values = x->at + c->values_at;
    if (c->type == VALUE_TEXT) return str_cmp(text_at(x, c, i), bound->text);
    double as_number = bound->type == DUCK_NUMBER ? bound->number : (double)bound->integer;
    if (c->type == VALUE_DOUBLE) return order_doubles(((const double *)values)[i], as_number);
    int64_t value = ((const int64_t *)values)[i];
    if (bound->type == DUCK_NUMBER) return order_doubles((double)value, as_number);
    int64_t whole = bound->type == DUCK_BOOL ? bound->yes : bound->integer;
    return (value > whole) - (value < whole);
}

/* How many values are below the bound, or not above it. */
static uint32_t values_before(const PartIndex *x, const IndexColumn *c, const DuckValue *bound, bool with_equal)
{
    uint32_t low = 0, high = c->values;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int      order = compare(x, c, middle, bound);
        if (order < 0 || (order == 0 && with_equal)) low = middle + 1;
        else high = middle;
    }
    return low;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Two letters beyond ASCII become such of ASCII when they are lowered: İ and the sign of the kelvin. */
static bool lowers_to_ascii(Str text)
{
    return str_has(text, S("\xC4\xB0")) || str_has(text, S("\xE2\x84\xAA"));
}

static bool has_whatever_case(Str text, Str part)
{
    for (size_t at = 0; at + part.len <= text.len; at++) {
        size_t i = 0;
        while (i < part.len && lower(text.at[at + i]) == lower(part.at[i])) i++;
        if (i == part.len) return true;
    }
    return false;
}

static bool has_flag(Str joined, Str flag)
{
    for (Cut rest = { .tail = joined, .found = true }; rest.found;) {
        rest = str_cut(rest.tail, ';');
        if (str_eq(rest.head, flag)) return true;
    }
    return false;
}

static bool test_texts(const PartIndex *x, const IndexColumn *c, const Test *test, Ranges *r)
{
    for (size_t i = 0; test->kind == TEST_HAS && i < test->text.len; i++)
        if ((uint8_t)test->text.at[i] >= 0x80) return false;
    for (uint32_t i = 0; i < c->values; i++) {
        Str text = text_at(x, c, i);
        if (test->kind == TEST_HAS && lowers_to_ascii(text)) return false;
        bool fits = test->kind == TEST_HAS ? has_whatever_case(text, test->text) : has_flag(text, test->text);
        if (fits && !range_add(r, i + 1, i + 1)) return false;
    }
    return true;
}

/* False when the index cannot tell. */
static bool test_ranges(const PartIndex *x, const IndexColumn *c, const Test *test, Ranges *r)
{
    switch (test->kind) {
    case TEST_MISSING: return range_add(r, 0, 0);
    case TEST_PRESENT: return range_add(r, 1, c->values);
    case TEST_HAS: return c->type == VALUE_TEXT && test_texts(x, c, test, r);
    case TEST_FLAG: return c->type == VALUE_FLAGS && test_texts(x, c, test, r);
    case TEST_RANGE: break;
    }
    if (c->type == VALUE_FLAGS) return false;
    uint32_t low = test->low.type ? values_before(x, c, &test->low, test->low_open) : 0;
    uint32_t high = test->high.type ? values_before(x, c, &test->high, !test->high_open) : c->values;
    return range_add(r, low + 1, high);
}

/* The engine compares values of the column's type: what is kept otherwise would have to be cast. */
static bool same_type(const IndexColumn *c, const Condition *condition)
{
    switch (condition->column->type) {
    case COLUMN_STRING: return condition->flags ? c->type == VALUE_FLAGS : c->type == VALUE_TEXT;
    case COLUMN_NUMBER:
    case COLUMN_INTEGER:
    case COLUMN_YEAR: return c->type == VALUE_INTEGER || c->type == VALUE_DOUBLE;
    case COLUMN_BOOLEAN: return c->type == VALUE_BOOLEAN;
    case COLUMN_DATE:
    case COLUMN_YEARMONTH: return c->type == VALUE_DATE;
    case COLUMN_DATETIME: return c->type == VALUE_STAMP;
    case COLUMN_TIME: return c->type == VALUE_TIME;
    case COLUMN_TYPES: break;
    }
    return false;
}

/* ---- ranges into rows ---- */

typedef uint64_t Words[BLOCK_WORDS];

typedef struct {
    const PartIndex   *index;
    const IndexColumn *column; /* NULL: ranges are of row numbers */
    Ranges             ranges;
    const Condition   *of;
} Asked;

static void slice_and(uint64_t *restrict equal, const uint64_t *restrict slice, uint64_t flip)
{
    for (size_t i = 0; i < BLOCK_WORDS; i++) equal[i] &= slice[i] ^ flip;
}

static void slice_below(uint64_t *restrict less, uint64_t *restrict equal, const uint64_t *restrict slice)
{
    for (size_t i = 0; i < BLOCK_WORDS; i++) {
        less[i] |= equal[i] & ~slice[i];
        equal[i] &= slice[i];
    }
}

static const uint64_t *slice_at(const Asked *x, size_t block, uint32_t slice, uint32_t *where)
{
    *where = directory_of(x->index, x->column)[block * x->column->slices + slice];
    return (const uint64_t *)(x->index->at + (size_t)*where * 8);
}

static void equal_to(const Asked *x, size_t block, uint32_t number, const uint64_t *among, uint64_t *out)
{
    memcpy(out, among, sizeof(Words));
    for (uint32_t s = x->column->slices; s-- > 0;) {
        uint32_t        where;
        const uint64_t *slice = slice_at(x, block, s, &where);
        bool            bit = number >> s & 1;
        if (where > SLICE_ONES) slice_and(out, slice, bit ? 0 : UINT64_MAX);
        else if (bit != (where == SLICE_ONES)) memset(out, 0, sizeof(Words));
    }
}

/* Rows whose number is at most `number`. */
static void at_most(const Asked *x, size_t block, uint32_t number, const uint64_t *among, uint64_t *out)
{
    Words equal;
    memset(out, 0, sizeof(Words));
    memcpy(equal, among, sizeof equal);
    for (uint32_t s = x->column->slices; s-- > 0;) {
        uint32_t        where;
        const uint64_t *slice = slice_at(x, block, s, &where);
        bool            bit = number >> s & 1;
        if (where > SLICE_ONES && bit) slice_below(out, equal, slice);
        else if (where > SLICE_ONES) slice_and(equal, slice, UINT64_MAX);
        else if (where == SLICE_ZEROS && bit) {
            for (size_t i = 0; i < BLOCK_WORDS; i++) out[i] |= equal[i];
            memset(equal, 0, sizeof equal);
        } else if (where == SLICE_ONES && !bit) memset(equal, 0, sizeof equal);
    }
    for (size_t i = 0; i < BLOCK_WORDS; i++) out[i] |= equal[i];
}

static void within(const Asked *x, size_t block, Range range, const uint64_t *among, uint64_t *out)
{
    Words below;
    if (range.low == range.high) {
        equal_to(x, block, range.low, among, out);
        return;
    }
    if (range.high >= x->column->values) memcpy(out, among, sizeof(Words));
    else at_most(x, block, range.high, among, out);
    if (!range.low) return;
    at_most(x, block, range.low - 1, out, below);
    for (size_t i = 0; i < BLOCK_WORDS; i++) out[i] &= ~below[i];
}

static void condition_and(const Asked *x, size_t block, uint64_t *bits)
{
    Words all = { 0 }, one;
    for (size_t r = 0; r < x->ranges.n; r++) {
        within(x, block, x->ranges.range[r], bits, one);
        for (size_t i = 0; i < BLOCK_WORDS; i++) all[i] |= one[i];
    }
    memcpy(bits, all, sizeof all);
}

/* Rows by number: of the block, whose first row has the number `first`. */
static void numbers_and(const Condition *c, int64_t first, uint64_t *bits)
{
    Words all = { 0 };
    for (size_t t = 0; t < c->n; t++) {
        const Test *test = &c->tests[t];
        int64_t     low = test->low.type ? test->low.integer + test->low_open : INT64_MIN;
        int64_t     high = test->high.type ? test->high.integer - test->high_open : INT64_MAX;
        low = low > first ? low - first : 0;
        high = high < first ? -1 : high - first < INDEX_BLOCK_ROWS ? high - first
                                                                   : INDEX_BLOCK_ROWS - 1;
        for (int64_t i = low; i <= high; i++) all[i / 64] |= UINT64_C(1) << (i % 64);
    }
    for (size_t i = 0; i < BLOCK_WORDS; i++) bits[i] &= all[i];
}

static bool any_of(const uint64_t *bits)
{
    uint64_t any = 0;
    for (size_t i = 0; i < BLOCK_WORDS; i++) any |= bits[i];
    return any != 0;
}

static void block_find(const Asked *asked, size_t n, size_t block, int64_t first, RowSet *out)
{
    uint64_t *bits = out->bits + block * BLOCK_WORDS, left = asked->index->end.rows - block * INDEX_BLOCK_ROWS;
    for (size_t i = 0; i < BLOCK_WORDS && i * 64 < left; i++)
        bits[i] = left - i * 64 >= 64 ? UINT64_MAX : (UINT64_C(1) << (left % 64)) - 1;
    for (size_t i = 0; i < n && any_of(bits); i++) {
        if (asked[i].column) condition_and(&asked[i], block, bits);
        else numbers_and(asked[i].of, first + (int64_t)(block * INDEX_BLOCK_ROWS), bits);
    }
    for (size_t i = 0; i < BLOCK_WORDS; i++) out->count[block] += (uint64_t)__builtin_popcountll(bits[i]);
    out->total += out->count[block];
}

/* False with ERR_NONE when the index cannot tell. */
static bool condition_read(PartIndex *x, const Condition *condition, Asked *out, Err *err)
{
    *out = (Asked){ .index = x, .of = condition };
    if (condition->number) {
        for (size_t i = 0; i < condition->n; i++)
            if (condition->tests[i].kind != TEST_RANGE || condition->tests[i].low.type == DUCK_NUMBER ||
                condition->tests[i].high.type == DUCK_NUMBER)
                return false;
        return true;
    }
    for (uint32_t i = 0; i < x->end.columns && !out->column; i++) {
        const IndexColumn *c = &x->columns[i];
        if (lies_in(x, c->name_at, c->name_len) &&
            str_eq((Str){ x->at + c->name_at, c->name_len }, condition->column->name))
            out->column = c;
    }
    if (!out->column || !same_type(out->column, condition) || !column_check(x, out->column, err)) return false;
    for (size_t i = 0; i < condition->n; i++)
        if (!test_ranges(x, out->column, &condition->tests[i], &out->ranges)) return false;
    return true;
}

bool part_index_find(PartIndex *x, Arena *a, const Condition *conditions, size_t n, int64_t first, RowSet *out,
                     Err *err)
{
    Asked *asked = NEW_ARRAY(a, Asked, n + 1);
    asked->index = x;
    *err = (Err){ 0 };
    for (size_t i = 0; i < n; i++) {
        if (condition_read(x, &conditions[i], &asked[i], err)) continue;
        return err->code != ERR_NONE ? false : fail(err, ERR_NOT_FOUND, "the index cannot tell");
    }
    size_t blocks = blocks_of(x->end.rows);
    *out = (RowSet){ .bits = NEW_ARRAY(a, uint64_t, blocks * BLOCK_WORDS + 1),
                     .count = NEW_ARRAY(a, uint64_t, blocks + 1),
                     .blocks = blocks };
    for (size_t block = 0; block < blocks; block++) block_find(asked, n, block, first, out);
    return true;
}

uint64_t rowset_at(const RowSet *set, uint64_t rank)
{
    size_t block = 0, word;
    while (rank >= set->count[block]) rank -= set->count[block++];
    for (word = block * BLOCK_WORDS;; word++) {
        uint64_t there = (uint64_t)__builtin_popcountll(set->bits[word]);
        if (rank < there) break;
        rank -= there;
    }
    uint64_t bits = set->bits[word];
    while (rank--) bits &= bits - 1;
    return word * 64 + (uint64_t)__builtin_ctzll(bits);
}
