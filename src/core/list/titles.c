/* See list/titles.h. */
#include "core/list/titles.h"

#include <stdlib.h>
#include <string.h>

#include "core/inside.h"
#include "text/collate.h"

#define TITLE_BYTES 160
#define HEAD_BYTES  (2 + sizeof(uint32_t)) /* of a cursor */

typedef struct {
    Str      key;
    uint32_t face;
} Titled;

bool titles_differ(const Snapshot *s)
{
    const Node *node = s->node;
    return s->lang.len && !(str_eq(s->lang, S("en")) && node->lang_count && str_eq(node->langs[0], S("en")));
}

static int titled_cmp(const Titled *x, const Titled *y)
{
    int by_key = str_cmp(x->key, y->key);
    if (by_key) return by_key;
    return x->face < y->face ? -1 : x->face > y->face;
}

static int rising(const void *x, const void *y)
{
    return titled_cmp(x, y);
}

static int falling(const void *x, const void *y)
{
    return titled_cmp(y, x);
}

/* Cursor: a letter that no other order has, the direction, the face and the key, in base64url. */
static Str cursor_make(Arena *a, bool down, const Titled *last)
{
    char head[HEAD_BYTES] = { 'r', down ? '-' : '+' };
    memcpy(head + 2, &last->face, sizeof last->face);
    Str bytes = str_join(a, (Str[]){ { head, HEAD_BYTES }, last->key }, 2);
    return base64url_make(a, bytes.at, bytes.len);
}

static bool cursor_read(Arena *a, Str text, bool down, Titled *out, Err *err)
{
    Str      bytes;
    uint32_t face;
    if (!base64url_read(a, text, &bytes) || bytes.len < HEAD_BYTES || bytes.at[0] != 'r' ||
        bytes.at[1] != (down ? '-' : '+'))
        return fail(err, ERR_INVALID, "\"after\" is not the \"next\" of an answer in this order");
    memcpy(&face, bytes.at + 2, sizeof face);
    *out = (Titled){ str_drop(bytes, HEAD_BYTES), face };
    return true;
}

typedef struct {
    Snapshot *snapshot;
    Db       *db;
    Arena    *arena;
    Titled   *titled;
    size_t    n;
    Err      *err;
    bool      ok;
} Reading;

static bool title_read(uint32_t face, void *with)
{
    Reading *r = with;
    FaceRow  row;
    Card     card;
    r->ok = rows_face_shown(r->db, r->arena, face, &row, r->err);
    if (!r->ok) return false;
    card_of_face(r->snapshot, r->arena, &row, &card);
    r->titled[r->n++] =
        (Titled){ collate_key(r->arena, str_take_first(card.title, TITLE_BYTES), r->snapshot->lang), face };
    return true;
}

bool titles_page(Snapshot *s, Arena *a, const Flat *set, bool down, Str after, size_t limit, uint32_t **faces,
                 size_t *n, Str *next, Err *err)
{
    Reading r = { .snapshot = s,
                  .arena = a,
                  .titled = NEW_ARRAY(a, Titled, flat_total(set) + 1),
                  .err = err,
                  .ok = true };
    Titled  from = { 0 };
    size_t  at = 0;
    if (!snapshot_db(s, &r.db, err) || (after.len && !cursor_read(a, after, down, &from, err))) return false;
    flat_each(set, title_read, &r);
    if (!r.ok) return false;
    qsort(r.titled, r.n, sizeof *r.titled, down ? falling : rising);
    while (after.len && at < r.n && (down ? titled_cmp(&from, &r.titled[at]) : titled_cmp(&r.titled[at], &from)) <= 0)
        at++;
    *n = r.n - at < limit ? r.n - at : limit;
    *faces = NEW_ARRAY(a, uint32_t, *n + 1);
    for (size_t i = 0; i < *n; i++) (*faces)[i] = r.titled[at + i].face;
    *next = at + *n < r.n && *n ? cursor_make(a, down, &r.titled[at + *n - 1]) : STR_NONE;
    return true;
}
