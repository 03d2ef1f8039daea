#include "data/turn.h"

#include <unistd.h>

#include "data/json_rows.h"

static bool turn_json(Arena *a, Str plain, const char *folder, Str *made, Err *err)
{
    Arena   *short_lived = arena_open(0);
    Str      text;
    JsonRows rows;
    bool     ok = source_map(short_lived, plain.at, &text, err) && json_rows_find(short_lived, text, &rows, err) &&
              laid_out(a, folder, json_rows_tell, &rows, made, err);
    arena_close(short_lived);
    return ok;
}

bool turn_source(Arena *a, Source *source, const char *folder, Str *temporary, Err *err)
{
    Str    plain, made;
    bool   unpacked;
    Source table;
    *temporary = STR_NONE;
    if (source->form != FILE_JSON) return true;
    if (!source_plain(a, source, folder, &plain, &unpacked, err)) return false;
    bool ok = turn_json(a, plain, folder, &made, err);
    if (unpacked) unlink(plain.at);
    if (!ok) return false;
    if (!source_scan(a, made.at, &table, err)) {
        unlink(made.at);
        return false;
    }
    table.sha256 = source->sha256;
    table.bytes = source->bytes;
    table.laid = true;
    table.form = FILE_DELIMITED;
    table.from = source->form;
    *source = table;
    *temporary = made;
    return true;
}
