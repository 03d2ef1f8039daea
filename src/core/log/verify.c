/* Every byte of a log, from its first entry, with nothing believed that is not computed here. */
#include <stdio.h>
#include <string.h>

#include "core/log/inside.h"

typedef struct {
    Str            origin;
    const uint8_t *public_key;
    void (*progress)(void *with, uint64_t done, uint64_t of);
    void       *with;
    Tree        tree;
    uint64_t    sealed;
    LeavesCheck leaves;
    /* The first entry whose leaf is not the one in the file of leaves. Told when the log itself is
       whole, or when a root is wrong: then it is this entry that was altered. */
    Err         leaves_err;
    bool        leaves_wrong;
    JournalItem suspect;
    bool        hurt; /* a frame's bytes do not match their CRC */
    Arena      *a;
    char        record[64]; /* of the suspect, or of damaged bytes as far as it can be read */
} Verify;

/* The id stands first in an envelope; in damaged bytes it is a hint. */
static void record_guess(Verify *v, Str frame)
{
    Str start = S("{\"id\":\""), entry = str_drop(frame, LOG_SALT_BYTES);
    if (!str_starts(entry, start)) return;
    Str id = str_take_first(str_drop(entry, start.len), 36);
    for (size_t i = 0; i < id.len; i++)
        if (id.at[i] <= ' ' || id.at[i] > '~') return;
    snprintf(v->record, sizeof v->record, "%.*s", STR_ARG(id));
}

static bool wrong(const JournalItem *item, Str record, const char *what, Err *err)
{
    return fail(
        err, ERR_CORRUPT,
        "%s: byte %llu: entry %llu%s%.*s: %s. What stands before it is sound. Stop the node, keep a copy of this "
        "folder, and bring the log back from a backup (banyan restore)",
        item->file, (unsigned long long)item->offset, (unsigned long long)item->number, record.len ? ", record " : "",
        STR_ARG(record), what);
}

static bool seal_verify(Verify *v, const JournalItem *item, Err *err)
{
    uint64_t size;
    Hash     root;
    Err      why;
    if (!checkpoint_read(v->a, item->bytes, v->origin, v->public_key, &size, &root, &why))
        return wrong(item, STR_NONE, why.text, err);
    if (size != v->tree.size) return wrong(item, STR_NONE, "the checkpoint before it is of another size", err);
    if (!hash_eq(root, tree_root(&v->tree))) {
        if (!v->leaves_wrong)
            return wrong(item, STR_NONE, "the entries before it do not give the root that was signed", err);
        return wrong(&v->suspect, str_of(v->record), "it was altered: its group does not give the root that was signed",
                     err);
    }
    v->sealed = size;
    return true;
}

static bool entry_verify(Verify *v, const JournalItem *item, Err *err)
{
    Envelope e;
    Str      body, entry = str_drop(item->bytes, LOG_SALT_BYTES);
    Err      why;
    if (item->bytes.len < LOG_SALT_BYTES) return wrong(item, STR_NONE, "it has no salt", err);
    if (!entry_read(v->a, entry, &e, &body, &why)) return wrong(item, STR_NONE, why.text, err);
    Hash leaf = entry_leaf((const uint8_t *)item->bytes.at, entry);
    tree_add(&v->tree, tree_leaf_hash((Str){ (const char *)leaf.b, HASH_BYTES }));
    if (v->leaves_wrong || leaves_check_next(&v->leaves, item->number, leaf, &v->leaves_err)) return true;
    v->leaves_wrong = true;
    v->suspect = *item;
    snprintf(v->record, sizeof v->record, "%.*s", STR_ARG(e.id));
    return true;
}

static bool item_verify(void *with, const JournalItem *item, Err *err)
{
    Verify *v = with;
    if (item->damaged) {
        v->record[0] = 0;
        v->hurt = true;
        if (!item->seal) record_guess(v, item->bytes);
        return true;
    }
    bool ok = item->seal ? seal_verify(v, item, err) : entry_verify(v, item, err);
    arena_reset(v->a);
    if (ok && v->progress && item->seal) v->progress(v->with, item->done, item->of);
    return ok;
}

/* What the side files knew before the walk began must have been there. */
static bool sides_verify(Verify *v, const char *folder, uint64_t promised, Err *err)
{
    if (v->sealed < promised || leaves_offset(v->sealed) < v->leaves.size)
        return fail(
            err, ERR_CORRUPT,
            "%s: the log has %llu entries, but %llu were durable: its end was cut off. Bring it back from a backup "
            "(banyan restore)",
            folder, (unsigned long long)v->sealed,
            (unsigned long long)(promised > v->sealed ? promised
                                                      : v->leaves.size / BLOCK_BYTES * BLOCK_LEAVES +
                                                            v->leaves.size % BLOCK_BYTES / HASH_BYTES));
    if (v->leaves_wrong) {
        *err = v->leaves_err;
        return false;
    }
    return true;
}

bool log_verify(const char *folder, Str origin, const uint8_t public_key[32],
                void (*progress)(void *with, uint64_t done, uint64_t of), void *with, uint64_t *size, Err *err)
{
    Verify   v = { .origin = origin, .public_key = public_key, .progress = progress, .with = with };
    uint64_t promised = 0;
    Err      index_err;
    bool     index_right = journal_index_check(folder, &promised, &index_err);
    if (!leaves_check_open(&v.leaves, folder, err)) return false;
    v.a = arena_open((size_t)64 << 20);
    bool ok = journal_walk(folder, item_verify, &v, err);
    if (!ok && v.hurt && v.record[0]) fail_in(err, "record %s (as far as it can be read)", v.record);
    ok = ok && sides_verify(&v, folder, promised, err);
    if (ok && !index_right) {
        *err = index_err;
        ok = false;
    }
    if (ok && size) *size = v.sealed;
    arena_close(v.a);
    side_close(v.leaves.side);
    return ok;
}
