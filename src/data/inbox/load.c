/* The folders of the inbox: read when it opens, begun with a dataset's first post, and removed when it is gathered. */
#include "data/inbox/inside.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/hash.h"
#include "data/cells.h"

#define KNOWN_END ".known"
#define GONE      "gone-" /* before the name of a journal whose posts are in parts */

/* ---- boxes and batches ---- */

static char *copy_z(const char *text)
{
    char *copy = strdup(text);
    if (!copy) memory_end(strlen(text));
    return copy;
}

Batch *box_last(const Box *box)
{
    Batch *b = box->batches;
    while (b && b->next) b = b->next;
    return b;
}

uint64_t batch_end(const Batch *b)
{
    return b->first + journal_count(b->journal);
}

static void batch_close(Batch *b)
{
    if (!b) return;
    rolls_drop(b);
    journal_close(b->journal);
    known_free(&b->known);
    arena_close(b->arena);
    free(b->folder);
    free(b);
}

static Box *box_make(Inbox *inbox, Str id)
{
    Box               *box = calloc(1, sizeof *box);
    Arena             *a = arena_open(0);
    pthread_condattr_t clock;
    if (!box) memory_end(sizeof *box);
    box->inbox = inbox;
    memcpy(box->id, id.at, id.len);
    box->folder = copy_z(path_join(a, str_of(inbox->folder), id).at);
    arena_close(a);
    pthread_mutex_init(&box->lock, NULL);
    pthread_mutex_init(&box->rolling, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&box->changed, NULL);
    pthread_cond_init(&box->arrived, &clock);
    pthread_condattr_destroy(&clock);
    return box;
}

static void box_close(Box *box)
{
    while (box->batches) {
        Batch *next = box->batches->next;
        batch_close(box->batches);
        box->batches = next;
    }
    for (size_t i = 0; i < INBOX_KNOWN; i++) known_free(&box->known[i]);
    pthread_mutex_destroy(&box->lock);
    pthread_mutex_destroy(&box->rolling);
    pthread_cond_destroy(&box->changed);
    pthread_cond_destroy(&box->arrived);
    free(box->folder);
    free(box);
}

static void frame_known(Batch *b, const InboxFrame *f)
{
    static const uint8_t none[INBOX_KEY_BYTES];
    Cells                c = { .rest = f->row_text, .separator = ',', .quote = '"' };
    Str                  row;
    uint64_t             line;
    if (memcmp(f->key, none, sizeof none) != 0) known_add(&b->known, f->key, f->check);
    while (f->rows_known && cells_row(&c, &row, &line)) {
        uint8_t key[INBOX_KEY_BYTES];
        hash_short(post_row_bytes(row), key);
        known_add(&b->known, key, 0);
    }
}

bool batch_read(Batch *b, Arena *a, uint64_t number, InboxFrame *out, Err *err)
{
    Str bytes;
    return journal_read(b->journal, a, number - b->first, &bytes, err) &&
           (inbox_frame_read(bytes, out, err) || fail_in(err, "%s: post %" PRIu64, b->folder, number));
}

static bool batch_open(Box *box, uint64_t first, Err *err)
{
    Batch *b = calloc(1, sizeof *b), *last = box_last(box);
    Arena *a = arena_open(0);
    Str    seal;
    if (!b) memory_end(sizeof *b);
    b->first = b->rolled = first;
    b->arena = arena_open((size_t)1 << 30);
    b->folder = copy_z(str_format(b->arena, "%s/%020" PRIu64, box->folder, first).at);
    bool ok = journal_open(a, b->folder, NULL, &b->journal, &seal, err);
    for (uint64_t n = first; ok && n < batch_end(b); n++) {
        InboxFrame f;
        arena_reset(a);
        ok = batch_read(b, a, n, &f, err);
        if (!ok) break;
        if (f.columns.len) b->columns = str_copy(b->arena, f.columns);
        if (n == first) b->oldest_ms = f.at_ms;
        b->rows += f.rows;
        b->aside += f.aside;
        box->newest_ms = f.at_ms;
        frame_known(b, &f);
    }
    arena_close(a);
    if (!ok) {
        batch_close(b);
        return false;
    }
    pthread_mutex_lock(&box->lock);
    *(last ? &last->next : &box->batches) = b;
    pthread_mutex_unlock(&box->lock);
    return true;
}

/* Named by the number behind its last post, so that no number is given twice. */
static const char *known_path(Arena *a, const Box *box, uint64_t end)
{
    return str_format(a, "%s/%020" PRIu64 KNOWN_END, box->folder, end).at;
}

static bool number_read(Str name, uint64_t *out)
{
    int64_t n;
    if (name.len != 20 || !str_to_i64(name, &n) || n < 0) return false;
    *out = (uint64_t)n;
    return true;
}

static bool folder_drop(Arena *a, const char *folder, Err *err)
{
    Str   *names;
    size_t n;
    if (!folder_list(a, folder, &names, &n, err)) return false;
    for (size_t i = 0; i < n; i++) {
        const char *path = path_join(a, str_of(folder), names[i]).at;
        if (unlink(path) != 0 && errno != ENOENT) return fail_errno(err, "removing %s", path);
    }
    return rmdir(folder) == 0 || fail_errno(err, "removing %s", folder);
}

/* Up to where the record's parts hold the posts. */
static bool posted_of(Box *box, uint64_t *out, Err *err)
{
    Arena    *a = arena_open(0);
    Reader    system = { .name = S("system"), .all = true };
    Record    r;
    Err       why = { 0 };
    Snapshot *s = snapshot_open(data_node(box->inbox->data), &system, STR_NONE);
    bool      ok = record_read(s, a, S("dataset"), str_of(box->id), &r, &why);
    snapshot_close(s);
    *out = ok ? inbox_posted(r.doc) : 0;
    arena_close(a);
    return ok || why.code == ERR_NOT_FOUND || fail(err, why.code, "%s", why.text);
}

/* What is known of journals that are gone: the newest of it, and the number behind their last post. */
static void known_read(Arena *a, Box *box, const Str *names, size_t n, uint64_t *end)
{
    size_t   kept = 0;
    uint64_t number;
    for (size_t i = n; i-- > 0;) {
        if (!str_ends(names[i], S(KNOWN_END))) continue;
        const char *path = path_join(a, str_of(box->folder), names[i]).at;
        Err         why = { 0 };
        if (number_read(str_take_first(names[i], 20), &number) && number > *end) *end = number;
        if (kept == INBOX_KNOWN) unlink(path);
        else if (!known_load(&box->known[kept++], path, &why)) diag(DIAG_WARN, "inbox what=\"%s\"", why.text);
    }
}

/* Between journals nothing is missing but what the record's parts have: a backup may have an older inbox than log. */
static bool check_gaps(const Box *box, uint64_t posted, Err *err)
{
    for (const Batch *b = box->batches; b && b->next; b = b->next)
        if (batch_end(b) != b->next->first && b->next->first > posted)
            return fail(err, ERR_CORRUPT,
                        "%s: posts from number %" PRIu64
                        " on are missing before %s. Stop the node, keep a copy of this "
                        "folder, and bring it back from a backup (banyan restore)",
                        b->folder, batch_end(b), b->next->folder);
    return true;
}

/* The folder as it is, and a journal that the next post can go to. */
static bool box_load(Box *box, Err *err)
{
    Arena   *a = arena_open(0);
    Str     *names;
    size_t   n;
    uint64_t first, posted, next;
    bool     ok = posted_of(box, &posted, err) && folder_list(a, box->folder, &names, &n, err);
    for (size_t i = 0; ok && i < n; i++) {
        if (number_read(names[i], &first)) ok = batch_open(box, first, err);
        if (str_starts(names[i], S(GONE))) ok = folder_drop(a, path_join(a, str_of(box->folder), names[i]).at, err);
    }
    next = posted;
    if (ok) known_read(a, box, names, n, &next);
    ok = ok && check_gaps(box, posted, err);
    /* Posts are read by the batch: none may follow those that the record's parts have. The empty folder of the next
       batch is in no backup. */
    const Batch *last = box_last(box);
    uint64_t     end = last ? batch_end(last) : 0;
    if (ok && (!last || last->first < next)) ok = batch_open(box, end > next ? end : next, err);
    arena_close(a);
    return ok;
}

Box *inbox_box(Inbox *inbox, Str dataset)
{
    pthread_mutex_lock(&inbox->lock);
    Box *box = inbox->boxes;
    while (box && !str_eq_z(dataset, box->id)) box = box->next;
    pthread_mutex_unlock(&inbox->lock);
    return box;
}

static void box_add(Inbox *inbox, Box *box)
{
    box->next = inbox->boxes;
    inbox->boxes = box;
}

bool inbox_box_start(Inbox *inbox, Str dataset, Box **out, Err *err)
{
    if (!id_is(dataset)) return fail(err, ERR_INTERNAL, "\"%.*s\" is no id", STR_ARG(dataset));
    bool ok = true;
    pthread_mutex_lock(&inbox->lock);
    Box *box = inbox->boxes;
    while (box && !str_eq_z(dataset, box->id)) box = box->next;
    if (!box) {
        box = box_make(inbox, dataset);
        ok = folder_make(box->folder, err) && folder_sync(inbox->folder, err) && box_load(box, err);
        if (ok) box_add(inbox, box);
        else box_close(box);
    }
    pthread_mutex_unlock(&inbox->lock);
    if (ok) *out = box;
    return ok;
}

bool inbox_open(Data *data, Inbox **out, Err *err)
{
    Arena *a = arena_open(0);
    Inbox *inbox = calloc(1, sizeof *inbox);
    Str   *names;
    size_t n = 0;
    if (!inbox) memory_end(sizeof *inbox);
    const char *node = node_folder(data_node(data));
    inbox->data = data;
    inbox->folder = copy_z(path_join(a, str_of(node), S("inbox")).at);
    pthread_mutex_init(&inbox->lock, NULL);
    bool ok = folder_make(inbox->folder, err) && folder_sync(node, err) &&
              folder_list(a, inbox->folder, &names, &n, err);
    for (size_t i = 0; ok && i < n; i++) {
        if (!id_is(names[i])) continue;
        Box *box = box_make(inbox, names[i]);
        ok = box_load(box, err);
        box_add(inbox, box);
    }
    arena_close(a);
    if (ok) *out = inbox;
    else inbox_close(inbox);
    return ok;
}

Data *inbox_data(Inbox *inbox)
{
    return inbox->data;
}

void inbox_close(Inbox *inbox)
{
    if (!inbox) return;
    while (inbox->boxes) {
        Box *next = inbox->boxes->next;
        box_close(inbox->boxes);
        inbox->boxes = next;
    }
    pthread_mutex_destroy(&inbox->lock);
    free(inbox->folder);
    free(inbox);
}

/* ---- the next batch, and the end of the first ---- */

bool box_turn(Box *box, Err *err)
{
    const Batch *last = box_last(box);
    if (!journal_count(last->journal)) return true;
    if (fault_hits(FAULT_INBOX_NEXT)) return fail_errno(err, "beginning the next posts of %s", box->folder);
    return batch_open(box, batch_end(last), err);
}

/* Files of what is known no longer. */
static void known_tidy(Arena *a, const Box *box)
{
    Str   *names;
    size_t n, kept = 0;
    if (!folder_list(a, box->folder, &names, &n, NULL)) return;
    for (size_t i = n; i-- > 0;)
        if (str_ends(names[i], S(KNOWN_END)) && ++kept > INBOX_KNOWN)
            unlink(path_join(a, str_of(box->folder), names[i]).at);
}

bool box_drop(Box *box, Err *err)
{
    Arena *a = arena_open(0);
    Batch *b = box->batches;
    /* What is known of it outlives it. Its name changes first, so that half a folder is never taken for a journal. */
    const char *gone = str_format(a, "%s/" GONE "%020" PRIu64, box->folder, b->first).at;
    bool        ok = known_save(&b->known, known_path(a, box, batch_end(b)), err);
    if (ok && (fault_hits(FAULT_INBOX_DROP) || rename(b->folder, gone) != 0))
        ok = fail_errno(err, "removing %s", b->folder);
    if (ok) {
        Err why = { 0 };
        known_free(&box->known[INBOX_KNOWN - 1]);
        memmove(box->known + 1, box->known, (INBOX_KNOWN - 1) * sizeof *box->known);
        box->known[0] = b->known;
        b->known = (Known){ 0 };
        pthread_mutex_lock(&box->lock);
        box->batches = b->next;
        pthread_mutex_unlock(&box->lock);
        batch_close(b);
        known_tidy(a, box);
        if (!folder_sync(box->folder, &why) || !folder_drop(a, gone, &why))
            diag(DIAG_WARN, "inbox what=\"%s\"", why.text);
    }
    arena_close(a);
    return ok;
}

/* ---- checking ---- */

typedef struct {
    const char *folder;
    uint64_t    posts;
} Checking;

static bool frame_check(void *with, const JournalItem *item, Err *err)
{
    Checking  *w = with;
    InboxFrame f;
    if (item->seal || item->damaged) return true;
    w->posts++;
    return inbox_frame_read(item->bytes, &f, err) || fail_in(err, "%s: byte %" PRIu64, item->file, item->offset);
}

bool inbox_verify(const char *node_folder, uint64_t *posts, Err *err)
{
    Arena   *a = arena_open(0);
    Checking w = { 0 };
    Str      inbox = path_join(a, str_of(node_folder), S("inbox")), *boxes, *names;
    size_t   n = 0, m;
    uint64_t first;
    bool     ok = !path_exists(inbox.at) || folder_list(a, inbox.at, &boxes, &n, err);
    for (size_t i = 0; ok && i < n; i++) {
        Str box = path_join(a, inbox, boxes[i]);
        ok = folder_list(a, box.at, &names, &m, err);
        for (size_t k = 0; ok && k < m; k++) {
            if (!number_read(names[k], &first)) continue;
            w.folder = path_join(a, box, names[k]).at;
            ok = journal_walk(w.folder, frame_check, &w, err) || !path_exists(w.folder); /* gathered meanwhile */
        }
    }
    arena_close(a);
    *posts = w.posts;
    return ok;
}
