/* The whole check: the log's every byte, then the projections against ones made anew from it. */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "core/inside.h"

static bool wrong(Err *err, const char *what)
{
    return fail(err, ERR_CORRUPT, "%s: not what the log says; banyan rebuild makes it anew", what);
}

/* Titles of records up and down the node, asked of both indexes. */
#define QUESTIONS 100

static bool compare_answers(Node *node, Node *check, Arena *a, Str q, Err *err)
{
    Hits one, other;
    if (!search_ask(node->search, a, q, S(""), NULL, 20, &one, err) ||
        !search_ask(check->search, a, q, S(""), NULL, 20, &other, err))
        return false;
    bool same = one.total == other.total && one.count == other.count && roaring_bitmap_equals(one.faces, other.faces);
    for (size_t i = 0; same && i < one.count; i++) same = one.hits[i].face == other.hits[i].face;
    return same || wrong(err, str_format(a, "the search index, asked for \"%.*s\"", STR_ARG(q)).at);
}

static bool compare_search(Node *node, Node *check, Err *err)
{
    uint32_t last = check->faces_used, step = last / QUESTIONS + 1;
    bool     ok = true;
    for (uint32_t face = 1; ok && face <= last; face += step) {
        Arena    *a = arena_open(0);
        FaceRow   row;
        CardText *titles;
        if (faces_listed(check->faces, face) && rows_face(check->db, a, face, &row, NULL) &&
            card_texts(a, row.card, 'T', &titles) > 0)
            ok = compare_answers(node, check, a, titles[0].text, err);
        arena_close(a);
    }
    return ok;
}

static bool compare(Node *node, Node *check, Err *err)
{
    Arena      *a = arena_open((size_t)1 << 40);
    Str         row;
    bool        ok = rows_compare(node->db, check->db, a, &row, err) && (!row.len || wrong(err, row.at));
    const char *faces = ok ? faces_difference(a, node->faces, check->faces) : NULL;
    ok = ok && (!faces || wrong(err, faces)) && compare_search(node, check, err);
    arena_close(a);
    return ok;
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st, (void)kind, (void)where;
    return remove(path);
}

static bool check_projections(Node *node, NodeProgress progress, void *with, Err *err)
{
    char        made[4096];
    Node       *check;
    const char *temporary = getenv("TMPDIR");
    snprintf(made, sizeof made, "%s/banyan-verify-XXXXXX", temporary ? temporary : "/tmp");
    if (!mkdtemp(made)) return fail_errno(err, "make %s", made);
    bool ok = node_open_check(node, made, node_log_size(node), progress, with, &check, err);
    if (ok) {
        ok = compare(node, check, err);
        node_close_check(check);
    }
    nftw(made, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    return ok;
}

bool node_verify(const char *folder, const NodeOptions *options, NodeProgress progress, void *with, Err *err)
{
    NodeOptions reads = { .share = options->share, .read_only = true };
    Node       *node;
    uint64_t    size;
    if (!node_open(folder, &reads, &node, err)) return false;
    char log[4096];
    snprintf(log, sizeof log, "%s/log", folder);
    bool ok = log_verify(log, node->name, node->key.public_key, progress, with, &size, err) &&
              check_projections(node, progress, with, err);
    node_close(node);
    return ok;
}
