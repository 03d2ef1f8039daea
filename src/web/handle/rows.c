/* POST /dataset/{record}/rows: a few rows at a time, as sensors send them. Answered when they are on the disk; they are
   seen from then on (data/inbox.h). */
#include "data/inbox.h"
#include "web/desk.h"
#include "web/request.h"
#include "web/route.h"
#include "web/site.h"
#include "web/value.h"

#define KEY_MAX 255

/* A token that only sends rows asks as nobody else; others as any write. */
static bool sender_check(const Request *req, Err *err)
{
    if (!req->sender.person.len)
        return fail(err, ERR_SIGN_IN, "rows are sent with a token of an editor of the dataset's owner");
    return req->sender.only_rows || request_may_write(req, err);
}

static bool dataset_read(Request *req, Record *r, Err *err)
{
    Snapshot *s = snapshot_open(req->node, &req->sender, req->lang);
    bool      ok = record_read(s, req->arena, S("dataset"), req->slots[0], r, err);
    snapshot_close(s);
    if (!ok) return false;
    if (r->state == STATE_WITHDRAWN) return fail(err, ERR_GONE, "the dataset was withdrawn");
    return may_edit(&req->sender, r->owner) || fail(err, ERR_FORBIDDEN, "only editors of its owner send rows to it");
}

/* Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a string in quotes, also taken without them. A key is
   its sender's own. */
static bool key_read(Request *req, Str *out, Err *err)
{
    Str key = str_trim(req->idempotency_key);
    *out = STR_NONE;
    if (!key.len) return true;
    if (key.len >= 2 && key.at[0] == '"' && key.at[key.len - 1] == '"') key = (Str){ key.at + 1, key.len - 2 };
    bool plain = key.len > 0 && key.len <= KEY_MAX;
    for (size_t i = 0; plain && i < key.len; i++) plain = key.at[i] > ' ' && key.at[i] < 127 && key.at[i] != '"';
    if (!plain)
        return fail(err, ERR_FORMAT,
                    "an Idempotency-Key is 1 to %d plain characters in double quotes", KEY_MAX);
    *out = str_join(req->arena, (Str[]){ req->sender.person, S("\n"), key }, 3);
    return true;
}

static Json *bad_value(Arena *a, const Post *post)
{
    Json *list = json_array_make(a);
    for (size_t i = 0; i < post->bad_count && i < POST_BAD_SHOWN; i++) {
        Json *one = json_object_make(a);
        json_put_integer(one, "row", (int64_t)post->bad[i].place);
        json_put_text_if(one, "column", post->bad[i].column);
        json_put_text_if(one, "value", post->bad[i].value);
        json_put_text(one, "reason", post->bad[i].reason);
        json_add_value(list, one);
    }
    return list;
}

bool rows_send(Request *req, Reply *reply, Err *err)
{
    Arena      *a = req->arena;
    Record      r;
    Column     *columns;
    size_t      n;
    PostForm    form;
    Post        post;
    InboxAnswer answer;
    InboxPost   sent = { .form = &form, .post = &post, .body = req->body };
    if (!sender_check(req, err) || !dataset_read(req, &r, err) || !key_read(req, &sent.key, err) ||
        !columns_read(a, r.doc, &columns, &n, err) || !post_form(a, columns, n, &form, err) ||
        !post_read(desk_data(req->site->desk), a, &form, req->content_type, req->body, &post, err))
        return false;
    sent.dataset = r.id;
    if (!inbox_put(req->site->inbox, &sent, &answer, err)) return false;
    bool made = answer.taken > 0 || (post.bad_count > 0 && !answer.repeated);
    reply->value = json_object_make(a);
    json_put_text(reply->value, "dataset", r.slug.len ? r.slug : r.id);
    json_put_integer(reply->value, "taken", (int64_t)answer.taken);
    json_put_integer(reply->value, "known", (int64_t)(answer.repeated ? post.row_count : answer.known));
    json_put_integer(reply->value, "aside", (int64_t)post.bad_count);
    json_put_bool(reply->value, "repeated", answer.repeated);
    json_put_value(reply->value, "errors", bad_value(a, &post));
    reply->status = made ? 201 : 200;
    reply->no_store = true;
    return true;
}
