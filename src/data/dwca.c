#include "data/dwca.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/xml.h"
#include "data/cells.h"
#include "data/doubt.h"
#include "data/source.h"
#include "store/files.h"
#include "text/recode.h"

#define XML_BYTES  ((size_t)16 << 20)
#define FIELDS_MAX 998
#define FILES_MAX  64
#define TABLES_MAX 64

typedef struct {
    Str    heading, otherwise; /* what stands where the cell is empty, or where there is none */
    size_t index;              /* SIZE_MAX: a constant */
} Field;

typedef struct {
    bool    core;
    Str     separator, quote, encoding;
    int64_t skip;
    Str     files[FILES_MAX];
    size_t  file_count;
    Field  *fields;
    size_t  field_count, width; /* cells that a row has */
    size_t  id_index;           /* SIZE_MAX: none */
} DwcaTable;

struct Dwca {
    Archive   *archive;
    Str        folder;   /* in the archive, with its "/"; mostly none */
    Str        metadata; /* the file of EML */
    DwcaTable *table;
    Str       *others;
    size_t     other_count;
    Str        plain[FILES_MAX]; /* the table's files, UTF-8 */
};

/* ---- meta.xml ---- */

static Str unescaped(Arena *a, Str s)
{
    Buf *out = buf_open(a);
    for (size_t i = 0; i < s.len; i++) {
        char next = i + 1 < s.len && s.at[i] == '\\' ? s.at[i + 1] : 0;
        char c = next == 't' ? '\t' : next == 'n' ? '\n'
                                  : next == 'r'   ? '\r'
                                  : next == '\\'  ? '\\'
                                                  : 0;
        buf_put_byte(out, c ? c : s.at[i]);
        i += c != 0;
    }
    return buf_str(out);
}

static Str or_else(Str s, const char *otherwise)
{
    return s.at ? s : str_of(otherwise);
}

static DwcaTable *table_start(const Xml *xml, Arena *a)
{
    DwcaTable *t = NEW(a, DwcaTable);
    int64_t    skip;
    t->core = str_eq_z(xml_name(xml), "core");
    t->separator = unescaped(a, or_else(xml_attribute(xml, a, "fieldsTerminatedBy"), ","));
    t->quote = unescaped(a, or_else(xml_attribute(xml, a, "fieldsEnclosedBy"), "\""));
    t->encoding = str_trim(or_else(xml_attribute(xml, a, "encoding"), "UTF-8"));
    t->skip = str_to_i64(xml_attribute(xml, a, "ignoreHeaderLines"), &skip) && skip > 0 ? skip : 0;
    t->fields = NEW_ARRAY(a, Field, FIELDS_MAX);
    t->id_index = SIZE_MAX;
    return t;
}

/* What stands behind the last "/" or "#" of a term's address, with a number where it is there already. */
static Str heading_of(const DwcaTable *t, Arena *a, Str term)
{
    Cut slash = str_cut_last(term, '/');
    Cut hash = str_cut_last(slash.found ? slash.tail : term, '#');
    Str name = hash.found ? hash.tail : slash.found ? slash.tail
                                                    : term,
        heading = name;
    for (int k = 2, again = 1; again; k++) {
        again = 0;
        for (size_t i = 0; i < t->field_count && !again; i++) again = str_eq(t->fields[i].heading, heading);
        if (again) heading = str_format(a, "%.*s_%d", STR_ARG(name), k);
    }
    return heading;
}

static bool field_add(DwcaTable *t, const Xml *xml, Arena *a, Err *err)
{
    Str     name = xml_name(xml), index = xml_attribute(xml, a, "index"), term = xml_attribute(xml, a, "term");
    int64_t at = -1;
    if (index.len && (!str_to_i64(index, &at) || at < 0 || at > LAID_COLUMNS_MAX))
        return fail(err, ERR_FORMAT, "meta.xml: \"%.*s\" is no place of a column", STR_ARG(index));
    if (!str_eq_z(name, "field")) {
        t->id_index = at >= 0 ? (size_t)at : SIZE_MAX;
        return true;
    }
    if (!term.len) return fail(err, ERR_FORMAT, "meta.xml: a field has no term");
    if (t->field_count == FIELDS_MAX) return fail(err, ERR_TOO_BIG, "meta.xml has more than %d fields", FIELDS_MAX);
    Field field = { .heading = heading_of(t, a, term),
                    .otherwise = xml_attribute(xml, a, "default"),
                    .index = at >= 0 ? (size_t)at : SIZE_MAX };
    t->fields[t->field_count++] = field;
    return true;
}

/* The id of the core, or in an extension of the core's row, where no term has its place. */
static void table_end(DwcaTable *t)
{
    bool has = t->id_index == SIZE_MAX;
    for (size_t i = 0; i < t->field_count; i++) has = has || t->fields[i].index == t->id_index;
    if (!has) {
        memmove(t->fields + 1, t->fields, t->field_count * sizeof *t->fields);
        t->fields[0] = (Field){ .heading = t->core ? S("id") : S("coreid"), .index = t->id_index };
        t->field_count++;
    }
    for (size_t i = 0; i < t->field_count; i++)
        if (t->fields[i].index != SIZE_MAX && t->fields[i].index >= t->width) t->width = t->fields[i].index + 1;
}

static bool read_meta(Dwca *d, Arena *a, Str text, DwcaTable **tables, size_t *count, Err *err)
{
    Xml       *xml = xml_open_text(a, text);
    XmlStep    step;
    DwcaTable *t = NULL;
    Buf       *place = buf_open(a);
    bool       in_place = false, ok;
    while ((ok = xml_next(xml, &step, err)) && step != XML_STEP_END) {
        Str  name = xml_name(xml);
        bool open = step == XML_STEP_OPEN;
        if (step == XML_STEP_TEXT) {
            if (in_place) buf_put(place, xml_text(xml));
        } else if (str_eq_z(name, "archive") && open) {
            d->metadata = xml_attribute(xml, a, "metadata");
        } else if (str_eq_z(name, "core") || str_eq_z(name, "extension")) {
            if (!open && t) {
                table_end(t);
                if (*count == TABLES_MAX) return fail(err, ERR_TOO_BIG, "meta.xml has too many tables");
                tables[(*count)++] = t;
            }
            t = open ? table_start(xml, a) : NULL;
        } else if (str_eq_z(name, "location")) {
            in_place = open;
            Str file = str_copy(a, str_trim(buf_str(place)));
            if (!open && t && t->file_count == FILES_MAX) return fail(err, ERR_TOO_BIG, "meta.xml has too many files");
            if (!open && t && file.len)
                t->files[t->file_count++] = str_starts(file, S("./")) ? str_drop(file, 2) : file;
            buf_clear(place);
        } else if (t && open && (str_eq_z(name, "field") || str_eq_z(name, "id") || str_eq_z(name, "coreid"))) {
            if (!field_add(t, xml, a, err)) return false;
        }
    }
    return ok || fail_in(err, "meta.xml");
}

static bool choose_table(Dwca *d, Arena *a, DwcaTable **tables, size_t count, Str name, Err *err)
{
    Buf *names = buf_open(a);
    d->others = NEW_ARRAY(a, Str, count);
    for (size_t i = 0; i < count; i++) {
        DwcaTable *t = tables[i];
        if (!t->file_count) continue;
        buf_putf(names, "%s\"%.*s\"", names->len ? ", " : "", STR_ARG(t->files[0]));
        if (!d->table && (name.len ? str_eq(name, t->files[0]) : t->core)) d->table = t;
        else if (!name.len) d->others[d->other_count++] = t->files[0];
    }
    if (!d->table && name.len)
        return fail(err, ERR_NOT_FOUND, "the archive has no table \"%.*s\"; it has %.*s", STR_ARG(name),
                    STR_ARG(buf_str(names)));
    if (!d->table) return fail(err, ERR_FORMAT, "the archive's meta.xml has no core with a file");
    if (d->table->separator.len != 1 || d->table->quote.len > 1)
        return fail(err, ERR_UNSUPPORTED, "meta.xml: cells are parted or quoted by more than one character");
    return d->table->field_count > 0 || fail(err, ERR_FORMAT, "the archive's meta.xml gives the table no fields");
}

/* ---- its files ---- */

/* Some archives are a folder that was packed, not what is in it. */
static bool find_meta(Dwca *d, size_t *at)
{
    if (archive_find(d->archive, S("meta.xml"), at)) return true;
    for (size_t i = 0; i < archive_count(d->archive); i++) {
        Cut cut = str_cut(archive_name(d->archive, i), '/');
        if (!str_eq_z(cut.tail, "meta.xml") || str_eq_z(cut.head, "__MACOSX")) continue;
        d->folder = str_take_first(archive_name(d->archive, i), cut.head.len + 1);
        *at = i;
        return true;
    }
    return false;
}

static bool find_file(const Dwca *d, Arena *a, Str name, size_t *at)
{
    return archive_find(d->archive, str_join(a, (Str[]){ d->folder, name }, 2), at);
}

static bool spill(Dwca *d, size_t i, int fd, Err *err)
{
    Arena       *a = arena_open(0);
    ArchiveFile *file;
    size_t       at, n = 0;
    char        *room = arena_raw(a, 65536);
    Buf         *text = buf_open(a);
    bool         utf8 = str_eq_nocase(d->table->encoding, S("UTF-8")) || str_eq_nocase(d->table->encoding, S("UTF8"));
    Recoder     *recoder = utf8 ? NULL : recoder_open(a, d->table->encoding, err);
    bool         ok = utf8 || recoder;
    if (ok && !find_file(d, a, d->table->files[i], &at))
        ok = fail(err, ERR_FORMAT, "the archive lacks \"%.*s\", which its meta.xml names", STR_ARG(d->table->files[i]));
    ok = ok && archive_file_open(d->archive, a, at, &file, err);
    bool more = ok;
    while (more && (ok = archive_file_read(file, room, 65536, &n, err))) {
        more = n > 0;
        Str piece = { room, n };
        buf_clear(text);
        if (recoder && !(ok = recoder_put(recoder, piece, !more, text, err))) break;
        if (recoder) recode_mark_broken(text);
        if (recoder) piece = buf_str(text);
        ok = file_write(fd, piece, "unpacking the archive", err);
        more = more && ok;
    }
    arena_close(a);
    return ok;
}

/* Unpacked, mapped, and its name removed: the bytes stay as long as the arena. */
static bool unpack(Dwca *d, Arena *a, size_t i, const char *folder, Err *err)
{
    Str path;
    Err why = { 0 };
    if (!files_temporary(folder, a, &path, err)) return false;
    int fd = open(path.at, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return fail_errno(err, "writing %s", path.at);
    bool ok = spill(d, i, fd, err);
    if (close(fd) != 0 && ok) ok = fail_errno(err, "writing %s", path.at);
    /* An empty file has no rows. */
    if (ok && !source_map(a, path.at, &d->plain[i], &why) && why.code != ERR_FORMAT)
        ok = fail(err, why.code, "%s", why.text);
    unlink(path.at);
    if (ok && str_starts(d->plain[i], S("\xef\xbb\xbf"))) d->plain[i] = str_drop(d->plain[i], 3);
    return ok;
}

bool dwca_open(Arena *a, Archive *archive, Str table, const char *folder, Dwca **out, Err *err)
{
    Dwca      *d = NEW(a, Dwca);
    DwcaTable *tables[TABLES_MAX];
    size_t     at, count = 0;
    Str        text;
    d->archive = archive;
    if (!find_meta(d, &at))
        return fail(err, ERR_UNSUPPORTED, "the ZIP archive is neither a workbook (XLSX) nor a Darwin Core Archive");
    if (!archive_read(archive, a, at, XML_BYTES, &text, err) || !read_meta(d, a, text, tables, &count, err) ||
        !choose_table(d, a, tables, count, table, err))
        return false;
    for (size_t i = 0; i < d->table->file_count; i++)
        if (!unpack(d, a, i, folder, err)) return false;
    *out = d;
    return true;
}

const Str *dwca_others(const Dwca *dwca, size_t *n)
{
    *n = dwca->other_count;
    return dwca->others;
}

Str dwca_id(const Dwca *dwca, bool *own)
{
    const DwcaTable *t = dwca->table;
    *own = t->core;
    for (size_t i = 0; i < t->field_count; i++)
        if (t->id_index != SIZE_MAX && t->fields[i].index == t->id_index) return t->fields[i].heading;
    return STR_NONE;
}

/* ---- what is left out ---- */

#define LEFT_OUT_SHOWN 3

static bool is_described(const DwcaTable *t, size_t index)
{
    bool is = t->id_index == index;
    for (size_t i = 0; i < t->field_count && !is; i++) is = t->fields[i].index == index;
    return is;
}

void dwca_doubts(const Dwca *d, Arena *a, Json *doubts)
{
    const DwcaTable *t = d->table;
    Cells            c = { .rest = d->plain[0],
                           .separator = t->separator.at[0],
                           .quote = t->quote.len ? t->quote.at[0] : 0,
                           .line = 1 };
    Str              row, cells[LAID_COLUMNS_MAX + 1], left[LEFT_OUT_SHOWN], empty[LEFT_OUT_SHOWN];
    uint64_t         line;
    size_t           left_count = 0, empty_count = 0;
    if (!cells_row(&c, &row, &line)) return;
    size_t n = cells_cut(&c, a, row, cells, LAID_COLUMNS_MAX + 1);
    for (size_t i = 0; i < n && i < LAID_COLUMNS_MAX && left_count < LEFT_OUT_SHOWN; i++)
        if (!is_described(t, i))
            left[left_count++] =
                t->skip && str_is_utf8(cells[i]) ? str_copy(a, str_trim(cells[i])) : str_format(a, "column %zu", i + 1);
    for (size_t i = 0; i < t->field_count && empty_count < LEFT_OUT_SHOWN; i++) {
        const Field *f = &t->fields[i];
        if (f->index != SIZE_MAX && f->index >= n && !f->otherwise.len) empty[empty_count++] = str_copy(a, f->heading);
    }
    if (left_count) doubt_add(a, doubts, STR_NONE, "columns-not-described", left, left_count);
    if (empty_count) doubt_add(a, doubts, STR_NONE, "empty-columns", empty, empty_count);
}

/* ---- rows ---- */

static bool tell_row(const DwcaTable *t, Laid *l, const Str *cells, size_t n, Str row, uint64_t line, Err *err)
{
    /* Many programs leave empty cells at the end out; half a row is another thing. */
    if (n * 2 < t->width) return laid_bad(l, line, row, "too-few-cells", err);
    if (!str_is_utf8(row)) return laid_bad(l, line, row, "no-characters", err);
    for (size_t i = 0; i < t->field_count; i++) {
        const Field *f = &t->fields[i];
        Str          value = f->index < n ? str_trim(cells[f->index]) : STR_NONE;
        laid_put(l, f->heading, value.len ? value : f->otherwise);
    }
    return laid_row(l, line, row, err);
}

bool dwca_tell(void *with, Laid *laid, Err *err)
{
    const Dwca      *d = with;
    const DwcaTable *t = d->table;
    Str              cells[LAID_COLUMNS_MAX + 1];
    for (size_t i = 0; i < t->file_count; i++) {
        Cells    c = { .rest = d->plain[i],
                       .separator = t->separator.at[0],
                       .quote = t->quote.len ? t->quote.at[0] : 0,
                       .line = 1 };
        Str      row;
        uint64_t line;
        for (int64_t skip = t->skip; skip > 0 && cells_row(&c, &row, &line);) skip--;
        while (cells_row(&c, &row, &line)) {
            if (!row.len) continue;
            size_t n = cells_cut(&c, laid->row, row, cells, LAID_COLUMNS_MAX + 1);
            n = n > LAID_COLUMNS_MAX ? LAID_COLUMNS_MAX + 1 : n;
            if (!tell_row(t, laid, cells, n, row, line, err)) return false;
        }
    }
    return true;
}

/* ---- EML ---- */

typedef struct {
    Str name, description, rights, rights_url, citation, doi, language;
} Eml;

/* The names of the open elements, joined by "/", end in that. */
static bool is_in(Str path, const char *end)
{
    return str_ends(path, str_of(end));
}

static void take_text(Arena *a, Eml *eml, Str path, Str text)
{
    struct {
        const char *end;
        Str        *into;
        bool        first; /* only the first such element */
    } places[] = { { "/dataset/title", &eml->name, true },
                   { "/dataset/alternateIdentifier", &eml->doi, false },
                   { "/gbif/citation", &eml->citation, true } };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (!is_in(path, places[i].end) || (places[i].first && places[i].into->len)) continue;
        if (places[i].into == &eml->doi) {
            long at = str_find(text, S("10."));
            if (eml->doi.len || at < 0 || !str_has(str_lower_ascii(a, text), S("doi"))) continue;
            text = str_drop(text, (size_t)at);
        }
        *places[i].into = str_copy(a, text);
    }
    if (str_has(path, S("/dataset/abstract")))
        eml->description = eml->description.len
                               ? str_format(a, "%.*s\n\n%.*s", STR_ARG(eml->description), STR_ARG(text))
                               : str_copy(a, text);
    if (str_has(path, S("/intellectualRights")) || is_in(path, "/licensed/licenseName"))
        eml->rights = str_format(a, "%.*s%s%.*s", STR_ARG(eml->rights), eml->rights.len ? " " : "", STR_ARG(text));
}

static bool read_eml(Arena *a, Str text, Eml *eml)
{
    Xml    *xml = xml_open_text(a, text);
    XmlStep step;
    Buf    *path = buf_open(a), *said = buf_open(a);
    Err     err = { 0 };
    bool    ok;
    while ((ok = xml_next(xml, &step, &err)) && step != XML_STEP_END) {
        if (step == XML_STEP_TEXT) {
            buf_put(said, xml_text(xml));
            continue;
        }
        Str words = str_trim(buf_str(said));
        if (words.len) take_text(a, eml, buf_str(path), words);
        buf_clear(said);
        if (step == XML_STEP_OPEN) {
            buf_putf(path, "/%.*s", STR_ARG(xml_name(xml)));
            if (is_in(buf_str(path), "/dataset/title") && !eml->name.len)
                eml->language = xml_attribute(xml, a, "lang");
            if (is_in(buf_str(path), "/ulink")) eml->rights_url = xml_attribute(xml, a, "url");
        } else {
            path->len = str_cut_last(buf_str(path), '/').head.len;
        }
        if (path->len > 4096 || arena_full(a)) return false;
    }
    return ok;
}

static Str licence_of(const Eml *eml)
{
    static const struct {
        const char *part, *licence;
    } known[] = {
        { "publicdomain/zero/1.0", "CC0 1.0" },
        { "licenses/by/4.0", "CC BY 4.0" },
        { "licenses/by-nc/4.0", "CC BY-NC 4.0" },
        { "licenses/by-sa/4.0", "CC BY-SA 4.0" },
        { "licenses/by/3.0", "CC BY 3.0" },
        { "licenses/by-nc/3.0", "CC BY-NC 3.0" },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_has(eml->rights_url, str_of(known[i].part)) || str_has(eml->rights, str_of(known[i].part)))
            return str_of(known[i].licence);
    return eml->rights.len <= 100 ? eml->rights : STR_NONE;
}

static void put_language_map(Arena *a, Json *doc, const char *key, Str language, Str text)
{
    if (!text.len) return;
    Json *map = json_object_make(a);
    json_put_text(map, language.len == 2 ? str_z(a, str_lower_ascii(a, language)) : "en", text);
    json_put_value(doc, key, map);
}

Json *dwca_proposed(Arena *a, Dwca *dwca)
{
    Arena *own = arena_open((size_t)64 << 20);
    size_t at;
    Str    text;
    Err    err = { 0 };
    Eml    eml = { 0 };
    Json  *doc = NULL;
    if (dwca->metadata.len && find_file(dwca, own, dwca->metadata, &at) &&
        archive_read(dwca->archive, own, at, XML_BYTES, &text, &err) && read_eml(own, text, &eml)) {
        doc = json_object_make(a);
        put_language_map(a, doc, "name", eml.language,
                         str_take_first(eml.name, 200).len == eml.name.len ? eml.name : STR_NONE);
        put_language_map(a, doc, "description", eml.language,
                         eml.description.len <= 10000 ? eml.description : STR_NONE);
        json_put_text_if(doc, "licence", licence_of(&eml));
        if (eml.citation.len <= 1000) json_put_text_if(doc, "citation", eml.citation);
        if (eml.doi.len <= 200) json_put_text_if(doc, "doi", eml.doi);
    }
    arena_close(own);
    return doc;
}
