#include "data/turn.h"

#include <unistd.h>

#include "data/dwca.h"
#include "data/json_rows.h"
#include "data/sheet_rows.h"

static bool turn_json(Arena *a, Str plain, Source *source, const char *folder, Str *made, Err *err)
{
    Arena   *short_lived = arena_open(0);
    Str      text;
    JsonRows rows;
    bool     ok = source_map(short_lived, plain.at, &text, err) && json_rows_find(short_lived, text, &rows, err) &&
              laid_out(a, folder, json_rows_tell, &rows, made, err);
    if (ok && rows.heights) source->height = S(JSON_ROWS_HEIGHT);
    arena_close(short_lived);
    return ok;
}

static bool turn_text(Arena *a, Source *source, const char *folder, Str *made, Err *err)
{
    Str  plain;
    bool unpacked;
    if (!source_plain(a, source, folder, &plain, &unpacked, err)) return false;
    bool ok = turn_json(a, plain, source, folder, made, err);
    if (unpacked) unlink(plain.at);
    return ok;
}

static void note_others(Arena *a, Source *source, const Str *others, size_t n)
{
    source->other_sheets = NEW_ARRAY(a, Str, n);
    source->other_sheet_count = n;
    for (size_t i = 0; i < n; i++) source->other_sheets[i] = str_copy(a, others[i]);
}

static bool turn_dwca(Arena *a, Archive *archive, Source *source, Str table, const char *folder, Str *made, Err *err)
{
    Arena *short_lived = arena_open(0);
    Dwca  *dwca;
    bool   ok = dwca_open(short_lived, archive, table, folder, &dwca, err) &&
              laid_out(a, folder, dwca_tell, dwca, made, err);
    if (ok) {
        size_t     n;
        const Str *others = dwca_others(dwca, &n);
        note_others(a, source, others, n);
        source->terms = true;
        bool own;
        Str  id = str_copy(a, dwca_id(dwca, &own));
        *(own ? &source->id : &source->core_id) = id;
        source->proposed = dwca_proposed(a, dwca);
        source->doubts = json_array_make(a);
        dwca_doubts(dwca, a, source->doubts);
    }
    arena_close(short_lived);
    return ok;
}

static bool turn_workbook(Arena *a, Archive *archive, Source *source, Str sheet, const char *folder,
                          Str *made, Err *err)
{
    Arena    *short_lived = arena_open((size_t)1 << 30);
    Workbook *book;
    Str      *others;
    size_t    n;
    bool      ok = workbook_open(short_lived, archive, &book, err) &&
              workbook_choose(book, short_lived, sheet, &others, &n, err) &&
              laid_out(a, folder, workbook_tell, book, made, err);
    if (ok) {
        note_others(a, source, others, n);
        source->doubts = json_array_make(a);
        workbook_doubts(book, a, source->doubts);
        source->from_1904 = workbook_from_1904(book);
    }
    arena_close(short_lived);
    return ok;
}

static bool turn_archive(Arena *a, Source *source, Str sheet, const char *folder, Str *made, Err *err)
{
    Arena   *short_lived = arena_open(0);
    Archive *archive;
    size_t   i;
    bool     ok = archive_open(short_lived, source->path, &archive, err);
    if (ok && archive_find(archive, S("xl/workbook.xml"), &i))
        ok = turn_workbook(a, archive, source, sheet, folder, made, err);
    else if (ok)
        ok = turn_dwca(a, archive, source, sheet, folder, made, err);
    arena_close(short_lived);
    return ok;
}

bool turn_source(Arena *a, Source *source, Str sheet, const char *folder, Str *temporary, Err *err)
{
    Str    made;
    Source table;
    *temporary = STR_NONE;
    if (sheet.len && source->form != FILE_ZIP)
        return fail(err, ERR_USAGE, "a sheet is named, but the file is no workbook or archive");
    if (source->form != FILE_JSON && source->form != FILE_ZIP) return true;
    bool ok = source->form == FILE_JSON ? turn_text(a, source, folder, &made, err)
                                        : turn_archive(a, source, sheet, folder, &made, err);
    if (!ok) return false;
    if (!source_scan(a, made.at, STR_NONE, &table, err)) {
        unlink(made.at);
        return false;
    }
    table.sha256 = source->sha256;
    table.bytes = source->bytes;
    table.laid = true;
    table.form = FILE_DELIMITED;
    table.from = source->form;
    table.other_sheets = source->other_sheets;
    table.other_sheet_count = source->other_sheet_count;
    table.terms = source->terms;
    table.id = source->id;
    table.core_id = source->core_id;
    table.doubts = source->doubts;
    table.height = source->height;
    table.from_1904 = source->from_1904;
    table.proposed = source->proposed;
    *source = table;
    *temporary = made;
    return true;
}
