/* The proof that an entry is in the node's log: its leaf and the hashes up to the signed root. */
#include "web/view/tools.h"

bool view_node(const ViewWork *w, Json *value, Json *view, Err *err)
{
    Arena  *a = w->req->arena;
    Log    *log = node_log(w->req->node);
    Str     wish = query_get(w->req, "entry"), entry;
    int64_t index, size = json_get_integer(json_get(value, "log"), "size", 0);
    Hash    leaf, *hashes;
    size_t  n;
    if (!str_to_i64(wish, &index) || index < 0 || index >= size) return true;
    if (!log_read(log, a, (uint64_t)index, &entry, &leaf, err)) return false;
    if (!log_inclusion(log, a, (uint64_t)index, (uint64_t)size, &hashes, &n, err)) return false;
    Json *proof = json_object_make(a), *list = json_array_make(a);
    for (size_t i = 0; i < n; i++) json_add_text(list, hex_make(a, hashes[i].b, HASH_BYTES));
    json_put_integer(proof, "index", index);
    json_put_integer(proof, "size", size);
    json_put_text(proof, "leaf", hex_make(a, leaf.b, HASH_BYTES));
    json_put_value(proof, "hashes", list);
    json_put_value(view, "proof", proof);
    return true;
}
