#include "base/archive.h"

#include <zip.h>

#define BOMB_TIMES 200
#define BOMB_BYTES ((uint64_t)256 << 20)
#define FILES_MAX  100000

struct Archive {
    zip_t    *zip;
    Str      *names;
    uint64_t *bytes; /* as the archive says */
    size_t    count;
};

struct ArchiveFile {
    zip_file_t *file;
    uint64_t    left;
    Str         name;
};

static void close_zip(void *zip)
{
    zip_discard(zip);
}

static void close_file(void *file)
{
    zip_fclose(file);
}

static bool name_is_safe(Str name)
{
    if (!name.len || name.at[0] == '/' || !str_is_utf8(name)) return false;
    for (Str rest = name; rest.len;) {
        Cut cut = str_cut(rest, '/');
        if (str_eq_z(cut.head, "..") || str_has(cut.head, S("\\")) || str_has(cut.head, S(":"))) return false;
        rest = cut.tail;
    }
    return true;
}

static bool check_entry(Arena *a, Archive *archive, size_t i, Err *err)
{
    zip_stat_t st;
    if (zip_stat_index(archive->zip, i, 0, &st) != 0 || !(st.valid & ZIP_STAT_NAME) || !(st.valid & ZIP_STAT_SIZE))
        return fail(err, ERR_FORMAT, "the archive is damaged: its list of files cannot be read");
    Str name = archive->names[i] = str_copy(a, str_of(st.name));
    archive->bytes[i] = st.size;
    if (!name_is_safe(name))
        return fail(err, ERR_FORMAT, "the archive has a file whose name leads elsewhere: \"%.*s\"",
                    STR_ARG(str_take_first(name, 100)));
    if ((st.valid & ZIP_STAT_ENCRYPTION_METHOD) && st.encryption_method != ZIP_EM_NONE)
        return fail(err, ERR_UNSUPPORTED, "\"%.*s\" in the archive is encrypted", STR_ARG(name));
    if (st.size > BOMB_BYTES && (st.valid & ZIP_STAT_COMP_SIZE) && st.size / BOMB_TIMES > st.comp_size)
        return fail(err, ERR_TOO_BIG, "\"%.*s\" in the archive unpacks to more than %d times its size", STR_ARG(name),
                    BOMB_TIMES);
    return true;
}

bool archive_open(Arena *a, const char *path, Archive **out, Err *err)
{
    int         code;
    zip_error_t why;
    Archive    *archive = NEW(a, Archive);
    archive->zip = zip_open(path, ZIP_RDONLY | ZIP_CHECKCONS, &code);
    if (!archive->zip) {
        zip_error_init_with_code(&why, code);
        fail(err, ERR_FORMAT, "the archive is cut short or damaged: %s", zip_error_strerror(&why));
        zip_error_fini(&why);
        return false;
    }
    arena_adopt(a, archive->zip, close_zip);
    zip_int64_t count = zip_get_num_entries(archive->zip, 0);
    if (count < 0 || count > FILES_MAX) return fail(err, ERR_TOO_BIG, "the archive has more than %d files", FILES_MAX);
    archive->count = (size_t)count;
    archive->names = NEW_ARRAY(a, Str, archive->count);
    archive->bytes = NEW_ARRAY(a, uint64_t, archive->count);
    for (size_t i = 0; i < archive->count; i++)
        if (!check_entry(a, archive, i, err)) return false;
    *out = archive;
    return true;
}

size_t archive_count(const Archive *archive)
{
    return archive->count;
}

Str archive_name(const Archive *archive, size_t i)
{
    return archive->names[i];
}

bool archive_find(const Archive *archive, Str name, size_t *i)
{
    for (*i = 0; *i < archive->count; ++*i)
        if (str_eq(archive->names[*i], name)) return true;
    return false;
}

bool archive_file_open(Archive *archive, Arena *a, size_t i, ArchiveFile **out, Err *err)
{
    ArchiveFile *f = NEW(a, ArchiveFile);
    *f = (ArchiveFile){ .file = zip_fopen_index(archive->zip, i, 0),
                        .left = archive->bytes[i],
                        .name = archive->names[i] };
    if (!f->file)
        return fail(err, ERR_FORMAT, "\"%.*s\" in the archive cannot be read: %s", STR_ARG(f->name),
                    zip_strerror(archive->zip));
    arena_adopt(a, f->file, close_file);
    *out = f;
    return true;
}

bool archive_file_read(ArchiveFile *f, char *at, size_t room, size_t *n, Err *err)
{
    zip_int64_t got = zip_fread(f->file, at, room);
    if (got < 0 || (uint64_t)got > f->left)
        return fail(err, ERR_FORMAT, "\"%.*s\" in the archive is damaged: %s", STR_ARG(f->name),
                    got < 0 ? zip_file_strerror(f->file) : "it is longer than it says");
    f->left -= (uint64_t)got;
    *n = (size_t)got;
    return got > 0 || !f->left || fail(err, ERR_FORMAT, "\"%.*s\" in the archive is cut short", STR_ARG(f->name));
}

bool archive_read(Archive *archive, Arena *a, size_t i, size_t most, Str *out, Err *err)
{
    ArchiveFile *file;
    Buf         *text = buf_open(a);
    char         room[16384];
    size_t       n;
    if (!archive_file_open(archive, a, i, &file, err)) return false;
    do {
        if (!archive_file_read(file, room, sizeof room, &n, err)) return false;
        if (text->len + n > most)
            return fail(err, ERR_TOO_BIG, "\"%.*s\" in the archive has more than %zu bytes", STR_ARG(file->name), most);
        buf_put_bytes(text, room, n);
    } while (n > 0);
    *out = buf_str(text);
    return true;
}
