#include "data/sheet_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xml.h"
#include "data/doubt.h"
#include "data/sheet_cell.h"
#include "data/sheet_merges.h"

#define TEXT_BYTES   ((size_t)1 << 28) /* of the workbook's own parts */
#define ROWS_LOOKED  50                /* for the headings */
#define HEADING_ROWS 5
#define ERRORS_TOLD  3 /* of a column, the first kinds */
#define PASSED_TOLD  3 /* of the rows above the headings, the first */

typedef struct {
    Str id;
    Str value;
} Pair;

/* The errors of a column: "#DIV/0!" …; and its formulas without a value. */
typedef struct {
    Str    kinds[ERRORS_TOLD];
    size_t counts[ERRORS_TOLD], others, unsaved;
} Errors;

struct Workbook {
    Arena         *a;
    Archive       *archive;
    WorkbookSheet *sheets;
    Str           *sheet_ids;
    size_t         sheet_count;
    bool           from_1904;
    Str           *texts;
    size_t         text_count;
    SheetShown    *styles;
    size_t         style_count;
    size_t         chosen;
    Merges         merges;      /* of the chosen sheet */
    uint64_t       heading_row; /* its number, of several the last one's; 0: not found yet */
    uint64_t       heading_first;
    Str            passed[PASSED_TOLD]; /* rows above the headings */
    size_t         passed_count;
    Str            headings[LAID_COLUMNS_MAX];
    Errors        *errors; /* of each column, while the rows are written and after */
};

/* ---- parts ---- */

static bool file_bytes(void *with, char *at, size_t room, size_t *n, Err *err)
{
    return archive_file_read(with, at, room, n, err);
}

static bool part_open(Workbook *w, Arena *a, Str name, Xml **out, Err *err)
{
    size_t       i;
    ArchiveFile *file;
    if (!archive_find(w->archive, name, &i))
        return fail(err, ERR_FORMAT, "the workbook lacks its part \"%.*s\"", STR_ARG(name));
    if (!archive_file_open(w->archive, a, i, &file, err)) return false;
    *out = xml_open(a, file_bytes, file);
    return true;
}

/* Grows an array in an arena by doubling. */
static void *grown(Arena *a, void *old, size_t count, size_t one)
{
    if (count & (count - 1)) return old;
    size_t room = count ? 2 * count : 1;
    void  *made = arena_new_array(a, room, one);
    if (count) memcpy(made, old, count * one);
    return made;
}

static bool read_sheets(Workbook *w, Err *err)
{
    Xml    *xml;
    XmlStep step;
    if (!part_open(w, w->a, S("xl/workbook.xml"), &xml, err)) return false;
    bool ok;
    while ((ok = xml_next(xml, &step, err)) && step != XML_STEP_END) {
        if (step != XML_STEP_OPEN) continue;
        if (str_eq_z(xml_name(xml), "workbookPr")) {
            Str is = xml_attribute(xml, w->a, "date1904");
            w->from_1904 = str_eq_z(is, "1") || str_eq_z(is, "true");
        }
        if (!str_eq_z(xml_name(xml), "sheet")) continue;
        w->sheets = grown(w->a, w->sheets, w->sheet_count, sizeof *w->sheets);
        w->sheet_ids = grown(w->a, w->sheet_ids, w->sheet_count, sizeof *w->sheet_ids);
        Str state = xml_attribute(xml, w->a, "state");
        w->sheets[w->sheet_count] = (WorkbookSheet){ .name = xml_attribute(xml, w->a, "name"),
                                                     .hidden = state.len && !str_eq_z(state, "visible") };
        w->sheet_ids[w->sheet_count++] = xml_attribute(xml, w->a, "id");
    }
    return ok;
}

static bool read_places(Workbook *w, Err *err)
{
    Xml    *xml;
    XmlStep step;
    if (!part_open(w, w->a, S("xl/_rels/workbook.xml.rels"), &xml, err)) return false;
    bool ok;
    while ((ok = xml_next(xml, &step, err)) && step != XML_STEP_END) {
        if (step != XML_STEP_OPEN || !str_eq_z(xml_name(xml), "Relationship")) continue;
        Str id = xml_attribute(xml, w->a, "Id"), to = xml_attribute(xml, w->a, "Target");
        for (size_t i = 0; i < w->sheet_count; i++)
            if (id.len && str_eq(id, w->sheet_ids[i]))
                w->sheets[i].file =
                    str_starts(to, S("/")) ? str_drop(to, 1) : str_format(w->a, "xl/%.*s", STR_ARG(to));
    }
    return ok;
}

static bool read_styles(Workbook *w, Err *err)
{
    Xml    *xml;
    XmlStep step;
    Pair   *formats = NULL;
    size_t  count = 0, i;
    bool    inside = false;
    if (!archive_find(w->archive, S("xl/styles.xml"), &i)) return true;
    if (!part_open(w, w->a, S("xl/styles.xml"), &xml, err)) return false;
    bool ok;
    while ((ok = xml_next(xml, &step, err)) && step != XML_STEP_END) {
        Str name = xml_name(xml);
        if (str_eq_z(name, "cellXfs")) inside = step == XML_STEP_OPEN;
        if (step != XML_STEP_OPEN) continue;
        if (str_eq_z(name, "numFmt")) {
            formats = grown(w->a, formats, count, sizeof *formats);
            formats[count++] = (Pair){ xml_attribute(xml, w->a, "numFmtId"), xml_attribute(xml, w->a, "formatCode") };
        } else if (inside && str_eq_z(name, "xf")) {
            Str        id = xml_attribute(xml, w->a, "numFmtId");
            int64_t    number = 0;
            SheetShown shown = { 0 };
            if (str_to_i64(id, &number)) shown = sheet_cell_shown_by_number(number);
            for (size_t k = 0; k < count; k++)
                if (str_eq(formats[k].id, id)) shown = sheet_cell_shown(formats[k].value);
            w->styles = grown(w->a, w->styles, w->style_count, sizeof *w->styles);
            w->styles[w->style_count++] = shown;
        }
    }
    return ok;
}

static bool read_texts(Workbook *w, Err *err)
{
    Xml    *xml;
    XmlStep step;
    Buf    *text = buf_open(w->a);
    size_t  i, bytes = 0;
    bool    inside = false, reading_aid = false;
    if (!archive_find(w->archive, S("xl/sharedStrings.xml"), &i)) return true;
    if (!part_open(w, w->a, S("xl/sharedStrings.xml"), &xml, err)) return false;
    bool ok;
    while ((ok = xml_next(xml, &step, err)) && step != XML_STEP_END) {
        if (step == XML_STEP_TEXT) {
            if (inside && !reading_aid) buf_put(text, xml_text(xml));
            continue;
        }
        Str name = xml_name(xml);
        if (str_eq_z(name, "t")) inside = step == XML_STEP_OPEN;
        if (str_eq_z(name, "rPh")) reading_aid = step == XML_STEP_OPEN;
        if (!str_eq_z(name, "si")) continue;
        if (step == XML_STEP_CLOSE) {
            w->texts = grown(w->a, w->texts, w->text_count, sizeof *w->texts);
            w->texts[w->text_count++] = str_copy(w->a, buf_str(text));
            bytes += text->len + sizeof *w->texts;
            if (bytes > TEXT_BYTES || arena_full(w->a))
                return fail(err, ERR_TOO_BIG, "the workbook's texts take more than %zu bytes", TEXT_BYTES);
        }
        buf_clear(text);
    }
    return ok;
}

bool workbook_open(Arena *a, Archive *archive, Workbook **out, Err *err)
{
    Workbook *w = NEW(a, Workbook);
    w->a = a;
    w->archive = archive;
    if (!read_sheets(w, err) || !read_places(w, err) || !read_styles(w, err) || !read_texts(w, err)) return false;
    if (!w->sheet_count) return fail(err, ERR_FORMAT, "the workbook has no sheet");
    *out = w;
    return true;
}

/* ---- cells ---- */

static Str cell_text(const Workbook *w, Arena *a, Str type, Str style, Str raw)
{
    int64_t    n;
    double     v;
    SheetShown shown = { 0 };
    if (str_eq_z(type, "s"))
        return str_to_i64(raw, &n) && n >= 0 && (size_t)n < w->text_count ? w->texts[n] : STR_NONE;
    if (str_eq_z(type, "b")) return str_eq_z(raw, "1") ? S("true") : S("false");
    if (type.len && !str_eq_z(type, "n")) return raw;
    if (str_to_i64(style, &n) && n >= 0 && (size_t)n < w->style_count) shown = w->styles[n];
    if ((shown.day || shown.time || shown.elapsed) && str_to_double(raw, &v)) {
        Str date = sheet_cell_date(a, v, w->from_1904, shown);
        if (date.len) return date;
    }
    return sheet_cell_number(a, raw);
}

/* "AB12" is column 27; past the last: SIZE_MAX. */
static size_t column_of(Str place)
{
    size_t n = 0, i = 0;
    for (; i < place.len && place.at[i] >= 'A' && place.at[i] <= 'Z' && n < 100000; i++)
        n = n * 26 + (size_t)(place.at[i] - 'A' + 1);
    return n ? n - 1 : SIZE_MAX;
}

/* ---- rows ---- */

typedef struct {
    Str      cells[LAID_COLUMNS_MAX];
    size_t   width, filled;
    uint64_t number;
    bool     wide; /* cells past the last column */
} Row;

typedef bool (*RowTaker)(void *with, Row *row, bool *enough, Err *err);

static void count_error(Workbook *w, size_t at, Str error)
{
    Errors *e = &w->errors[at];
    for (size_t i = 0; i < ERRORS_TOLD; i++) {
        if (!e->counts[i]) e->kinds[i] = str_copy(w->a, error);
        if (!str_eq(e->kinds[i], error)) continue;
        e->counts[i]++;
        return;
    }
    e->others++;
}

static bool is_counted(const Workbook *w, const Row *row, size_t at)
{
    return w->errors && row->number > w->heading_row && at < LAID_COLUMNS_MAX;
}

static void take_cell(Workbook *w, Arena *a, Row *row, size_t at, Str type, Str style, Str raw)
{
    if (str_eq_z(type, "e")) {
        /* What is not available is missing; any other error is something that went wrong. */
        if (is_counted(w, row, at) && !str_eq_z(raw, "#N/A")) count_error(w, at, raw);
        return;
    }
    Str text = cell_text(w, a, type, style, raw);
    if (!str_trim(text).len) return;
    if (at >= LAID_COLUMNS_MAX) {
        row->wide = true;
        return;
    }
    row->cells[at] = str_copy(a, text);
    row->filled++;
    if (at + 1 > row->width) row->width = at + 1;
}

/* Every row of the sheet that has a cell; their texts live in `a`, which is reset after each. What is merged stands
   behind the rows; `merges` may be NULL. */
static bool each_row(Workbook *w, size_t sheet, Arena *a, Merges *merges, RowTaker take, void *with, Err *err)
{
    Arena  *xml_arena = arena_open(0);
    Buf    *raw = buf_open(xml_arena);
    Row    *row = NEW(xml_arena, Row);
    Xml    *xml;
    XmlStep step;
    Str     type = STR_NONE, style = STR_NONE;
    size_t  at = 0;
    bool    inside = false, enough = false, formula = false, saved = false;
    bool    ok = part_open(w, xml_arena, w->sheets[sheet].file, &xml, err);
    while (ok && !enough && (ok = xml_next(xml, &step, err)) && step != XML_STEP_END) {
        if (step == XML_STEP_TEXT) {
            if (inside) buf_put(raw, xml_text(xml));
            continue;
        }
        Str name = xml_name(xml);
        if (str_eq_z(name, "v") || str_eq_z(name, "t")) {
            inside = step == XML_STEP_OPEN;
            saved = true;
        }
        formula = formula || str_eq_z(name, "f");
        if (merges && merges->n <= MERGES_MOST && str_eq_z(name, "mergeCell") && step == XML_STEP_OPEN)
            merges_add(merges, w->a, xml_attribute(xml, a, "ref"));
        if (str_eq_z(name, "c") && step == XML_STEP_OPEN) {
            Str place = xml_attribute(xml, a, "r");
            type = xml_attribute(xml, a, "t");
            style = xml_attribute(xml, a, "s");
            if (place.len) at = column_of(place);
            buf_clear(raw);
            formula = saved = false;
        } else if (str_eq_z(name, "c")) {
            if (formula && !saved && is_counted(w, row, at)) w->errors[at].unsaved++;
            take_cell(w, a, row, at++, type, style, buf_str(raw));
        } else if (str_eq_z(name, "row") && step == XML_STEP_OPEN) {
            int64_t  number;
            uint64_t before = row->number;
            memset(row, 0, sizeof *row);
            at = 0;
            row->number = str_to_i64(xml_attribute(xml, a, "r"), &number) && number > 0 ? (uint64_t)number : before + 1;
        } else if (str_eq_z(name, "row")) {
            if (row->wide) ok = fail(err, ERR_TOO_BIG, "the sheet has more than %d columns", LAID_COLUMNS_MAX);
            else if (row->filled) ok = take(with, row, &enough, err);
            arena_reset(a);
        }
    }
    arena_close(xml_arena);
    return ok;
}

static bool take_any(void *with, Row *row, bool *enough, Err *err)
{
    (void)err;
    *(bool *)with = row->filled > 0;
    *enough = true;
    return true;
}

static bool has_rows(Workbook *w, size_t sheet, bool *has, Err *err)
{
    Arena *a = arena_open(0);
    *has = false;
    bool ok = !w->sheets[sheet].file.len || str_has(w->sheets[sheet].file, S("chartsheets/")) ||
              each_row(w, sheet, a, NULL, take_any, has, err);
    arena_close(a);
    return ok;
}

bool workbook_choose(Workbook *w, Arena *a, Str name, Str **others, size_t *n, Err *err)
{
    bool found = false, has;
    Buf *names = buf_open(a);
    *others = NEW_ARRAY(a, Str, w->sheet_count);
    *n = 0;
    for (size_t i = 0; i < w->sheet_count; i++) {
        if (!has_rows(w, i, &has, err)) return false;
        if (has) buf_putf(names, "%s\"%.*s\"", names->len ? ", " : "", STR_ARG(w->sheets[i].name));
        if (name.len ? !str_eq(name, w->sheets[i].name) : (w->sheets[i].hidden || !has)) continue;
        if (found) (*others)[(*n)++] = w->sheets[i].name;
        else w->chosen = i;
        found = true;
        if (name.len && !has) return fail(err, ERR_FORMAT, "the sheet \"%.*s\" is empty", STR_ARG(name));
    }
    if (found) return true;
    if (!name.len) return fail(err, ERR_FORMAT, "the workbook has no sheet with rows that is not hidden");
    return fail(err, ERR_NOT_FOUND, "the workbook has no sheet \"%.*s\"; it has %.*s", STR_ARG(name),
                STR_ARG(buf_str(names)));
}

/* The headings are the first row that is nearly as full as the fullest of the first; notes stand above. A cell counts
   as often as it is merged, but where it is alone in its row, as titles are. */
typedef struct {
    Workbook *w;
    uint64_t  numbers[ROWS_LOOKED];
    size_t    filled[ROWS_LOOKED], count;
    bool      has_number[ROWS_LOOKED];
    Str       first[PASSED_TOLD]; /* what the first rows say */
} Fullness;

static bool take_nothing(void *with, Row *row, bool *enough, Err *err)
{
    (void)with, (void)row, (void)enough, (void)err;
    return true;
}

static Str row_text(Arena *a, const Row *row)
{
    Buf *out = buf_open(a);
    for (size_t i = 0; i < row->width; i++)
        if (row->cells[i].len) buf_putf(out, "%s%.*s", out->len ? ", " : "", STR_ARG(row->cells[i]));
    return buf_str(out);
}

static bool take_fullness(void *with, Row *row, bool *enough, Err *err)
{
    Fullness *f = with;
    double    v;
    size_t    filled = row->filled;
    (void)err;
    for (size_t i = 0; i < row->width; i++) f->has_number[f->count] |= str_to_double(row->cells[i], &v);
    for (size_t i = 0; i < f->w->merges.n && row->filled > 1; i++) {
        const Merge *m = &f->w->merges.at[i];
        if (m->first_row > row->number) break;
        if (m->last_row >= row->number) filled += m->last - m->first + (m->first_row < row->number);
    }
    if (f->count < PASSED_TOLD) f->first[f->count] = row_text(f->w->a, row);
    f->numbers[f->count] = row->number;
    f->filled[f->count++] = filled < LAID_COLUMNS_MAX ? filled : LAID_COLUMNS_MAX;
    *enough = f->count == ROWS_LOOKED;
    return true;
}

/* Headings in several rows: down to where those end that are merged downwards; and, where one is merged across, the row
   below it, unless that has numbers. */
static void find_last_heading(Workbook *w, const Fullness *f, size_t at)
{
    uint64_t last = w->heading_first;
    bool     across = false;
    for (size_t i = 0; i < w->merges.n; i++) {
        const Merge *m = &w->merges.at[i];
        if (m->first_row != w->heading_first) continue;
        across = across || m->last > m->first;
        if (m->last_row > last && m->last_row < w->heading_first + HEADING_ROWS) last = m->last_row;
    }
    bool below = at + 1 < f->count && f->numbers[at + 1] == w->heading_first + 1 && !f->has_number[at + 1];
    if (last == w->heading_first && across && below) last++;
    w->heading_row = last;
}

/* Not the fullest row, with a remark beside it, but the first of those it stands among: words above numbers. */
static size_t first_of_block(const Fullness *f, size_t at, size_t most)
{
    size_t first = at;
    while (first > 0 && f->numbers[first - 1] + 1 == f->numbers[first] && f->filled[first - 1] > 1) first--;
    bool words = first + 1 < at && f->has_number[at] && !f->has_number[first] && f->has_number[first + 1];
    return words && f->filled[first] > 2 && f->filled[first] * 2 >= most ? first : at;
}

static bool find_headings(Workbook *w, Arena *a, Err *err)
{
    Fullness f = { .w = w };
    size_t   most = 0;
    if (!each_row(w, w->chosen, a, &w->merges, take_nothing, NULL, err)) return false;
    if (w->merges.n > MERGES_MOST)
        return fail(err, ERR_TOO_BIG, "the sheet has more than %d merged cells", MERGES_MOST);
    merges_sort(&w->merges);
    if (!each_row(w, w->chosen, a, NULL, take_fullness, &f, err)) return false;
    for (size_t i = 0; i < f.count; i++) most = f.filled[i] > most ? f.filled[i] : most;
    for (size_t i = 0; i < f.count && !w->heading_row; i++) {
        if (f.filled[i] * 5 < most * 4) continue;
        size_t at = first_of_block(&f, i, most);
        w->heading_first = f.numbers[at];
        find_last_heading(w, &f, at);
        w->passed_count = at < PASSED_TOLD ? at : PASSED_TOLD;
        memcpy(w->passed, f.first, sizeof w->passed);
    }
    return w->heading_row || fail(err, ERR_FORMAT, "the sheet has no rows");
}

/* A row of headings: its words go behind those of the rows above, where they say something else. */
static void add_headings(Workbook *w, Row *row)
{
    for (size_t i = 0; i < w->merges.n && w->merges.at[i].first_row <= row->number; i++) {
        const Merge *m = &w->merges.at[i];
        for (size_t k = m->first + 1; m->first_row == row->number && k <= m->last && k < LAID_COLUMNS_MAX; k++)
            row->cells[k] = row->cells[m->first];
    }
    for (size_t i = 0; i < LAID_COLUMNS_MAX; i++) {
        Str text = str_trim(row->cells[i]), *name = &w->headings[i];
        if (!text.len || str_ends(*name, text)) continue;
        *name = name->len ? str_format(w->a, "%.*s %.*s", STR_ARG(*name), STR_ARG(text)) : str_copy(w->a, text);
    }
}

/* Each column has a name, and one of its own. */
static void name_columns(Workbook *w)
{
    for (size_t i = 0; i < LAID_COLUMNS_MAX; i++) {
        Str base = w->headings[i].len ? w->headings[i] : str_format(w->a, "column %zu", i + 1);
        while (str_starts(base, S("_"))) base = str_drop(base, 1);
        w->headings[i] = base;
        for (int k = 2, again = 1; again; k++) {
            again = 0;
            for (size_t j = 0; j < i && !again; j++) again = str_eq(w->headings[j], w->headings[i]);
            if (again) w->headings[i] = str_format(w->a, "%.*s_%d", STR_ARG(base), k);
        }
    }
}

typedef struct {
    Workbook   *w;
    Laid       *laid;
    bool        named;
    MergesDown *down;
} Telling;

/* Every heading is a column, in its place. */
static void tell_headings(Telling *t)
{
    bool said[LAID_COLUMNS_MAX];
    for (size_t i = 0; i < LAID_COLUMNS_MAX; i++) said[i] = t->w->headings[i].len > 0;
    name_columns(t->w);
    for (size_t i = 0; i < LAID_COLUMNS_MAX; i++)
        if (said[i]) laid_put(t->laid, t->w->headings[i], STR_NONE);
    t->named = true;
}

static bool take_row(void *with, Row *row, bool *enough, Err *err)
{
    Telling  *t = with;
    Workbook *w = t->w;
    (void)enough;
    if (row->number < w->heading_first) return true;
    if (row->number <= w->heading_row) {
        if (!t->named) add_headings(w, row);
        return true;
    }
    if (!t->named) tell_headings(t);
    merges_fill(&w->merges, t->down, w->a, row->number, row->cells, LAID_COLUMNS_MAX, &row->width);
    for (size_t i = 0; i < row->width; i++)
        if (row->cells[i].len) laid_put(t->laid, w->headings[i], row->cells[i]);
    return laid_row(t->laid, row->number, STR_NONE, err);
}

bool workbook_tell(void *with, Laid *laid, Err *err)
{
    Workbook *w = with;
    Arena    *a = arena_open((size_t)256 << 20);
    Telling   t = { .w = w, .laid = laid, .named = w->heading_row > 0, .down = NEW(w->a, MergesDown) };
    w->errors = laid->writing ? NEW_ARRAY(w->a, Errors, LAID_COLUMNS_MAX) : NULL;
    bool ok = (w->heading_row || find_headings(w, a, err)) &&
              each_row(w, w->chosen, a, NULL, take_row, &t, err);
    if (ok && !t.named) tell_headings(&t); /* of a sheet that has nothing else */
    arena_close(a);
    return ok;
}

void workbook_doubts(const Workbook *w, Arena *a, Json *doubts)
{
    if (w->passed_count) doubt_add(a, doubts, STR_NONE, "lines-passed-over", w->passed, w->passed_count);
    for (size_t i = 0; w->errors && i < LAID_COLUMNS_MAX; i++) {
        const Errors *e = &w->errors[i];
        Str           examples[ERRORS_TOLD + 1];
        size_t        n = 0;
        for (; n < ERRORS_TOLD && e->counts[n]; n++)
            examples[n] = str_format(a, "%.*s × %zu", STR_ARG(e->kinds[n]), e->counts[n]);
        if (e->others) examples[n++] = str_format(a, "… × %zu", e->others);
        if (n) doubt_add(a, doubts, w->headings[i], "error-cells", examples, n);
        examples[0] = str_format(a, "%zu", e->unsaved);
        if (e->unsaved) doubt_add(a, doubts, w->headings[i], "formulas-without-value", examples, 1);
    }
}

bool workbook_from_1904(const Workbook *w)
{
    return w->from_1904;
}
