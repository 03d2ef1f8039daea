#include "data/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/pack.h"
#include "base/thread.h"
#include "data/line_ends.h"
#include "data/recognise.h"
#include "store/files.h"
#include "text/recode.h"

#define CHUNK_BYTES  ((size_t)256 << 10)
#define ODD_BYTES    ((size_t)64 << 10)
#define LATER_BYTES  ((size_t)4 << 10)
#define LATER_STEP   ((uint64_t)256 << 10) /* between the first LATER_PLACES places; then twice that */
#define LATER_PLACES 32
/* What unpacks to so much more than it is, and to so much, is a bomb: tables of text pack 3 to 50 times. */
#define BOMB_TIMES 200
#define BOMB_BYTES ((uint64_t)256 << 20)

typedef struct {
    Str         map;
    bool        gzip;
    const char *path;
} Mapped;

static void unmap(void *with)
{
    Mapped *m = with;
    if (m->map.len) munmap((void *)m->map.at, m->map.len);
}

static bool map_file(Arena *a, const char *path, Mapped **out, Err *err)
{
    struct stat st;
    Mapped     *m = NEW(a, Mapped);
    int         fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) {
        fail_errno(err, "reading %s", path);
        if (fd >= 0) close(fd);
        return false;
    }
    if (!S_ISREG(st.st_mode) || st.st_size == 0) {
        close(fd);
        return fail(err, ERR_FORMAT, S_ISREG(st.st_mode) ? "the file is empty" : "it is not a file");
    }
    void *at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (at == MAP_FAILED) fail_errno(err, "reading %s", path);
    close(fd);
    if (at == MAP_FAILED) return false;
    madvise(at, (size_t)st.st_size, MADV_SEQUENTIAL);
    m->map = (Str){ at, (size_t)st.st_size };
    m->gzip = str_starts(m->map, S("\x1f\x8b"));
    m->path = path;
    arena_adopt(a, m, unmap);
    *out = m;
    return true;
}

bool source_map(Arena *a, const char *path, Str *out, Err *err)
{
    Mapped *m;
    if (!map_file(a, path, &m, err)) return false;
    *out = m->map;
    return true;
}

/* ---- the plain bytes, piece by piece ---- */

typedef bool (*Taker)(void *with, Str piece, Err *err);

static bool each_piece(Arena *a, const Mapped *m, Taker take, void *with, Err *err)
{
    Str rest = m->map;
    if (!m->gzip) {
        for (; rest.len > 0; rest = str_drop(rest, CHUNK_BYTES))
            if (!take(with, str_take_first(rest, CHUNK_BYTES), err)) return false;
        return true;
    }
    Unpack  *u = unpack_open(a);
    char    *room = arena_raw(a, CHUNK_BYTES);
    uint64_t total = 0;
    while (rest.len > 0) {
        size_t n;
        if (!unpack_some(u, &rest, room, CHUNK_BYTES, &n, err)) return false;
        total += n;
        if (total > BOMB_BYTES && total > BOMB_TIMES * (uint64_t)m->map.len)
            return fail(err, ERR_TOO_BIG, "it unpacks to more than %d times its size: this is no table", BOMB_TIMES);
        if (n > 0 && !take(with, (Str){ room, n }, err)) return false;
    }
    return unpack_end(u, err);
}

/* ---- looking at every byte once ---- */

typedef struct {
    Buf     *head, *odd, *later;
    uint64_t later_at, later_step; /* where the next lines are taken, and how far behind these the next */
    size_t   later_count;
    uint64_t total, letters, wrong, zeros; /* characters past ASCII, bytes that are no UTF-8, NULs */
    char     half[4];
    size_t   half_len;
    LineEnds ends;
} Look;

static bool is_cut_short(Str s)
{
    uint8_t c = (uint8_t)s.at[0];
    size_t  wanted = c >= 0xF0 && c <= 0xF4 ? 4 : c >= 0xE0 ? 3
                                              : c >= 0xC2   ? 2
                                                            : 0;
    if (s.len >= wanted || c > 0xF4) return false;
    for (size_t i = 1; i < s.len; i++)
        if (((uint8_t)s.at[i] & 0xC0) != 0x80) return false;
    return true;
}

/* Counts what is past ASCII; the bytes of a character that the piece cuts are kept for the next. */
static void look_at(Look *l, Str s)
{
    size_t i = 0, noted = 0;
    while (i < s.len) {
        uint64_t eight;
        while (i + 8 <= s.len) {
            memcpy(&eight, s.at + i, 8);
            if (eight & 0x8080808080808080u) break;
            i += 8;
        }
        if (i == s.len) break;
        if (!((uint8_t)s.at[i] & 0x80)) {
            i++;
            continue;
        }
        size_t step = str_utf8_step(str_drop(s, i));
        if (!step && is_cut_short(str_drop(s, i))) {
            l->half_len = s.len - i;
            memcpy(l->half, s.at + i, l->half_len);
            return;
        }
        if (l->odd->len < ODD_BYTES) {
            size_t from = i > 12 && i - 12 > noted ? i - 12 : noted, to = i + (step ? step : 1);
            if (from < to) buf_put_bytes(l->odd, s.at + from, to - from);
            noted = to;
        }
        if (step) l->letters++;
        else l->wrong++;
        i += step ? step : 1;
    }
}

/* From places that lie farther apart the farther they are down, so that a file of any size has some hundred. */
static void look_later(Look *l, Str piece)
{
    if (l->total < l->later_at || l->total < RECOGNISE_BYTES) return;
    Str   lines = str_take_first(piece, LATER_BYTES);
    char *first = memchr(lines.at, '\n', lines.len), *last = memrchr(lines.at, '\n', lines.len);
    if (first && last > first) buf_put_bytes(l->later, first + 1, (size_t)(last - first));
    if (++l->later_count % LATER_PLACES == 0) l->later_step *= 2;
    l->later_at = l->total + l->later_step;
}

static bool take_look(void *with, Str piece, Err *err)
{
    Look *l = with;
    (void)err;
    look_later(l, piece);
    if (l->head->len < RECOGNISE_BYTES) buf_put(l->head, str_take_first(piece, RECOGNISE_BYTES - l->head->len));
    if (l->total < RECOGNISE_BYTES)
        for (size_t i = 0; i < piece.len; i++) l->zeros += piece.at[i] == 0;
    l->total += piece.len;
    line_ends_see(&l->ends, piece);
    if (l->half_len) {
        /* The character that the piece before cut. */
        char   whole[8];
        size_t more = piece.len < 4 ? piece.len : 4, n = l->half_len;
        memcpy(whole, l->half, n);
        memcpy(whole + n, piece.at, more);
        size_t step = str_utf8_step((Str){ whole, n + more });
        l->half_len = 0;
        if (step >= n) {
            l->letters++;
            piece = str_drop(piece, step - n);
        } else {
            l->wrong += n;
        }
    }
    look_at(l, piece);
    return true;
}

/* ---- what it is ---- */

static const struct {
    Str         magic;
    const char *what;
} others[] = {
    { S_INIT("PARE"), "encrypted Parquet" },
    { S_INIT("\xd0\xcf\x11\xe0"), "an old Excel file" },
    { S_INIT("%PDF"), "a PDF" },
    { S_INIT("\x89PNG"), "a picture" },
    { S_INIT("SQLite format 3"), "an SQLite database" },
    { S_INIT("BZh"), "packed with bzip2" },
    { S_INIT("\xfd"
             "7zXZ"),
      "packed with xz" },
    { S_INIT("\x28\xb5\x2f\xfd"), "packed with zstd" },
    { S_INIT("7z\xbc\xaf"), "a 7z archive" },
};

#define WHAT_IS_READ "CSV, TSV, JSON (packed with gzip or not), XLSX, Darwin Core Archives and Parquet"

static bool check_form(Str head, Source *s, Err *err)
{
    if (str_starts(head, S("PAR1"))) s->form = FILE_PARQUET;
    if (str_starts(head, S("PK\x03\x04"))) s->form = FILE_ZIP;
    if (s->form != FILE_DELIMITED)
        return !s->gzip || fail(err, ERR_UNSUPPORTED, "the file is Parquet or ZIP within gzip; unpack it first");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (str_starts(head, others[i].magic))
            return fail(err, ERR_UNSUPPORTED, "the file is %s; what is read is " WHAT_IS_READ, others[i].what);
    if (str_has(str_take_first(head, 512), S("ustar")))
        return fail(err, ERR_UNSUPPORTED, "the file is a tar archive; give the files in it");
    return true;
}

/* Of text, in UTF-8. */
static bool check_text_form(Source *s, Err *err)
{
    Str text = str_trim(s->head);
    if (str_starts(text, S("<")))
        return fail(err, ERR_UNSUPPORTED, "the file is XML or HTML; what is read is " WHAT_IS_READ);
    if (text.len && (text.at[0] == '{' || text.at[0] == '[' || text.at[0] == '\x1e')) s->form = FILE_JSON;
    return true;
}

static const struct {
    Str mark, encoding;
} marks[] = {
    { S_INIT("\xef\xbb\xbf"), S_INIT("UTF-8") },
    { S_INIT("\xff\xfe"), S_INIT("UTF-16LE") },
    { S_INIT("\xfe\xff"), S_INIT("UTF-16BE") },
};

/* Without a mark, text in UTF-16 has its zeros on one side. */
static Str utf16_side(Str head)
{
    size_t n[2] = { 0 };
    for (size_t i = 0; i < head.len; i++) n[i & 1] += head.at[i] == 0;
    if (n[1] * 8 > head.len && n[0] * 50 < n[1]) return S("UTF-16LE");
    if (n[0] * 8 > head.len && n[1] * 50 < n[0]) return S("UTF-16BE");
    return STR_NONE;
}

static bool is_utf8_past_ascii(const Look *l)
{
    return l->wrong == 0 && l->zeros == 0 && l->letters > 0;
}

static bool ends_line(Str text, size_t i)
{
    return text.at[i] == '\n' || (text.at[i] == '\r' && i + 1 < text.len && text.at[i + 1] != '\n');
}

static bool fail_no_text(Str head, Err *err)
{
    size_t first = str_cut(head, 0).head.len, line = 1;
    for (size_t i = 0; i < first; i++) line += ends_line(head, i);
    return fail(err, ERR_FORMAT,
                "the file holds bytes that are no text: the first zero is on line %zu; take it "
                "out, if the rest is text",
                line);
}

static bool find_encoding(Arena *a, const Look *l, Str said, Source *s, Err *err)
{
    Str head = buf_str(l->head);
    s->sure = true;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (str_starts(head, marks[i].mark)) {
            s->encoding = marks[i].encoding;
            s->mark = marks[i].mark.len;
            if (i > 0 || (l->wrong == 0 && l->zeros == 0)) return true;
        }
    if (said.len && !is_utf8_past_ascii(l)) {
        s->encoding = said;
        s->broken = str_eq_z(s->encoding, "UTF-8") && l->wrong > 0;
        return true;
    }
    if (l->zeros > 0) {
        s->encoding = utf16_side(head);
        return s->encoding.len > 0 || fail_no_text(head, err);
    }
    s->encoding = S("UTF-8");
    if (l->wrong == 0) return true;
    s->broken = l->letters > 20 * l->wrong;
    if (!s->broken) s->encoding = recode_guess(a, buf_str(l->odd), &s->sure);
    return true;
}

static bool to_utf8(Arena *a, Str encoding, Str bytes, Str *out, Err *err)
{
    Buf     *text = buf_open(a);
    Recoder *r = recoder_open(a, encoding, err);
    if (!r || !recoder_put(r, bytes, true, text, err)) return false;
    *out = buf_str(text);
    return true;
}

static Str whole_lines(Str head)
{
    size_t n = head.len;
    while (n > 0 && head.at[n - 1] != '\n' && head.at[n - 1] != '\r') n--;
    return str_take_first(head, n);
}

typedef struct {
    Str  bytes;
    Hash hash;
} Hashing;

static void hash_all(void *with)
{
    Hashing *h = with;
    h->hash = hash_of(h->bytes.at, h->bytes.len);
}

/* The hash is half of the work: it is made beside the other half. */
static bool look_and_hash(Arena *a, const Mapped *m, Look *l, Hash *hash, Err *err)
{
    Hashing h = { .bytes = m->map };
    Errand  errand;
    errand_begin(&errand, hash_all, &h);
    bool ok = each_piece(a, m, take_look, l, err);
    errand_end(&errand);
    *hash = h.hash;
    return ok;
}

bool source_scan(Arena *a, const char *path, Str encoding, Source *out, Err *err)
{
    Mapped *m;
    Hash    hash;
    Look    l = { .head = buf_open(a), .odd = buf_open(a), .later = buf_open(a), .later_step = LATER_STEP };
    if (encoding.len && !recode_name(a, encoding, &encoding, err)) return false;
    if (!map_file(a, path, &m, err) || !look_and_hash(a, m, &l, &hash, err)) return false;
    l.wrong += l.half_len;
    Source s = { .path = path, .bytes = m->map.len, .plain_bytes = l.total, .gzip = m->gzip };
    s.sha256 = hex_make(a, hash.b, sizeof hash.b);
    s.whole = l.total <= RECOGNISE_BYTES;
    if (!check_form(buf_str(l.head), &s, err)) return false;
    if (s.form != FILE_DELIMITED) {
        s.encoding = S("UTF-8");
        *out = s;
        return true;
    }
    if (!find_encoding(a, &l, encoding, &s, err)) return false;
    s.head = str_drop(buf_str(l.head), s.mark);
    s.odd = buf_str(l.odd);
    s.later = str_starts(s.encoding, S("UTF-16")) ? STR_NONE : buf_str(l.later);
    if (!str_eq_z(s.encoding, "UTF-8") &&
        (!to_utf8(a, s.encoding, s.head, &s.head, err) || !to_utf8(a, s.encoding, s.odd, &s.odd, err) ||
         !to_utf8(a, s.encoding, s.later, &s.later, err)))
        return false;
    if (!str_eq_z(s.encoding, "UTF-8")) s.broken = str_has(s.odd, S(RECODE_BROKEN));
    if (memchr(s.head.at, 0, s.head.len)) return fail_no_text(s.head, err);
    if (!check_text_form(&s, err)) return false;
    s.ends_differ = s.form == FILE_DELIMITED && line_ends_may_differ(&l.ends);
    if (!s.whole && s.form == FILE_DELIMITED) s.head = whole_lines(s.head);
    if (!s.head.len)
        return fail(err, ERR_FORMAT, "the file has no line that ends within its first %zu bytes", RECOGNISE_BYTES);
    *out = s;
    return true;
}

/* ---- all of it, plain ---- */

typedef struct {
    int         fd;
    Recoder    *recoder; /* NULL: UTF-8 as it is */
    Buf        *text, *lines;
    size_t      mark; /* bytes still to be left out */
    bool        ends_differ;
    LineEndsOne one;
} Spill;

static bool spill_text(Spill *s, Str text, Err *err)
{
    if (!s->ends_differ) return file_write(s->fd, text, "unpacking the file", err);
    buf_clear(s->lines);
    line_ends_make_one(&s->one, text, s->lines);
    return file_write(s->fd, buf_str(s->lines), "unpacking the file", err);
}

static bool take_spill(void *with, Str piece, Err *err)
{
    Spill *s = with;
    size_t mark = s->mark < piece.len ? s->mark : piece.len;
    piece = str_drop(piece, mark);
    s->mark -= mark;
    if (!s->recoder) return spill_text(s, piece, err);
    buf_clear(s->text);
    if (!recoder_put(s->recoder, piece, false, s->text, err)) return false;
    recode_mark_broken(s->text);
    return spill_text(s, buf_str(s->text), err);
}

static bool spill_all(Arena *a, const Source *source, Spill *s, Err *err)
{
    Mapped *m;
    if (!map_file(a, source->path, &m, err) || !each_piece(a, m, take_spill, s, err)) return false;
    if (!s->recoder) return true;
    buf_clear(s->text);
    if (!recoder_put(s->recoder, S(""), true, s->text, err)) return false;
    recode_mark_broken(s->text);
    return spill_text(s, buf_str(s->text), err);
}

bool source_plain(Arena *a, const Source *source, const char *folder, Str *path, bool *temporary, Err *err)
{
    bool  utf8 = str_eq_z(source->encoding, "UTF-8");
    Spill s = { .mark = source->mark, .text = buf_open(a), .lines = buf_open(a), .ends_differ = source->ends_differ };
    *temporary = source->gzip || !utf8 || source->mark > 0 || source->ends_differ;
    *path = str_of(source->path);
    if (!*temporary) return true;
    if (!utf8 && !(s.recoder = recoder_open(a, source->encoding, err))) return false;
    if (!files_temporary(folder, a, path, err)) return false;
    s.fd = open(path->at, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (s.fd < 0) return fail_errno(err, "writing %s", path->at);
    bool ok = spill_all(a, source, &s, err);
    if (close(s.fd) != 0 && ok) ok = fail_errno(err, "writing %s", path->at);
    if (!ok) unlink(path->at);
    return ok;
}
