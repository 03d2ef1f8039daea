/* Reading one record as a reader may see it, its card, and the texts chosen for its language. */
#include "core/record.h"

#include <string.h>

#include "base/id.h"
#include "core/inside.h"
#include "text/lang.h"

static const char *const states[] = { "draft", "review", "published", "withdrawn" };

const char *state_name(State s)
{
    return states[s];
}

bool state_read(Str name, State *out)
{
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (str_eq_z(name, states[i])) {
            *out = (State)i;
            return true;
        }
    return false;
}

bool record_not_found(Err *err, Str kind, Str what)
{
    return fail(err, ERR_NOT_FOUND, "no %.*s \"%.*s\"", kind.len ? (int)kind.len : 6, kind.len ? kind.at : "record",
                STR_ARG(what));
}

/* True with *found false when there is no such name. */
static bool find_name(Db *db, Arena *a, Str kind, Str name, Str *id, bool *found, Err *err)
{
    Err why = { 0 };
    *found = rows_name(db, a, kind, name, id, &why);
    return *found || why.code == ERR_NOT_FOUND || fail(err, why.code, "%s", why.text);
}

static bool find_id(Db *db, Arena *a, Str kind, Str id_or_slug, Str *id, Err *err)
{
    bool found;
    if (id_is(id_or_slug)) {
        *id = id_or_slug;
        return true;
    }
    if (!kind.len) return record_not_found(err, kind, id_or_slug);
    if (!find_name(db, a, kind, id_or_slug, id, &found, err)) return false;
    if (!found && !find_name(db, a, kind, str_join(a, (Str[]){ S("="), id_or_slug }, 2), id, &found, err)) return false;
    return found || record_not_found(err, kind, id_or_slug);
}

bool record_find(Snapshot *s, Arena *a, Str kind, Str id_or_slug, RecordRow *out, Err *err)
{
    Db *db;
    Str id;
    Err why = { 0 };
    if (!snapshot_db(s, &db, err) || !find_id(db, a, kind, id_or_slug, &id, err)) return false;
    if (!rows_record(db, a, id, out, &why))
        return why.code == ERR_NOT_FOUND ? record_not_found(err, kind, id_or_slug)
                                         : fail(err, why.code, "%s", why.text);
    return !kind.len || str_eq(kind, out->kind) || record_not_found(err, kind, id_or_slug);
}

bool record_face(Snapshot *s, Arena *a, const RecordRow *row, FaceRow *out, Err *err)
{
    Db *db;
    if (!snapshot_db(s, &db, err)) return false;
    if (row->drafting) {
        if (!rows_face(db, a, row->working, out, err)) return false;
        if (audience_allows(s->reader, out->token)) return true;
    }
    if (!row->published) return record_not_found(err, row->kind, row->id);
    return rows_face(db, a, row->published, out, err) &&
           (audience_allows(s->reader, out->token) || record_not_found(err, row->kind, row->id));
}

/* All but the document comes from the row, all but the row's from the entry. */
static bool load_entry(Snapshot *s, Arena *a, const RecordRow *row, uint64_t entry, Record *out, Err *err)
{
    Envelope e;
    Str      body;
    Hash     leaf;
    Json    *doc;
    State    state;
    if (!node_entry(s->node, a, entry, &e, &body, &leaf, err) || !json_read(a, body, &doc, err)) return false;
    if (!state_read(e.state, &state))
        return fail(err, ERR_CORRUPT, "entry %llu has no state", (unsigned long long)entry);
    *out = (Record){ .id = e.id,
                     .kind = e.kind,
                     .slug = e.slug,
                     .owner = e.owner,
                     .audience = e.audience,
                     .state = state,
                     .version = e.version,
                     .created_ms = row->created_ms,
                     .updated_ms = e.time_ms,
                     .author = e.author,
                     .note = e.note,
                     .leaf = hex_make(a, leaf.b, HASH_BYTES),
                     .index = entry,
                     .doc = doc };
    return true;
}

bool record_load(Snapshot *s, Arena *a, const RecordRow *row, const FaceRow *face, Record *out, Err *err)
{
    if (!load_entry(s, a, row, face->entry, out, err)) return false;
    out->token = face->token;
    out->card = face->card;
    out->working = row->drafting && face->face == row->working;
    return true;
}

bool record_at(Snapshot *s, Arena *a, uint64_t entry, Record *out, Err *err)
{
    return load_entry(s, a, &(RecordRow){ 0 }, entry, out, err);
}

/* Nothing tells a record that is hidden from one that is not there. */
static bool see(Snapshot *s, Arena *a, Str kind, Str id_or_slug, RecordRow *row, FaceRow *face, Err *err)
{
    Err why = { 0 };
    if (record_find(s, a, kind, id_or_slug, row, &why) && record_face(s, a, row, face, &why)) return true;
    return why.code == ERR_NOT_FOUND ? record_not_found(err, kind, id_or_slug) : fail(err, why.code, "%s", why.text);
}

bool record_read(Snapshot *s, Arena *a, Str kind, Str id_or_slug, Record *out, Err *err)
{
    RecordRow row;
    FaceRow   face;
    return see(s, a, kind, id_or_slug, &row, &face, err) && record_load(s, a, &row, &face, out, err);
}

bool record_read_id(Snapshot *s, Arena *a, Str id, Record *out, Err *err)
{
    return record_read(s, a, STR_NONE, id, out, err);
}

bool name_is_free(Db *db, Arena *a, Str kind, Str name, Str id, bool *is_free, Err *err)
{
    Str       holder;
    bool      found;
    RecordRow row;
    if (!find_name(db, a, kind, name, &holder, &found, err)) return false;
    *is_free = !found || str_eq(holder, id);
    if (*is_free) return true;
    /* Held by another record: free when none of its faces goes by it any more. */
    if (!rows_record(db, a, holder, &row, err)) return false;
    uint32_t faces[] = { row.published, row.drafting ? row.working : 0 };
    for (size_t i = 0; i < 2; i++) {
        FaceRow face;
        if (!faces[i]) continue;
        if (!rows_face(db, a, faces[i], &face, err)) return false;
        if (name.at[0] == '=' || str_eq(face.slug, name)) return true;
    }
    *is_free = true;
    return true;
}

/* ---- texts and cards ---- */

Str text_pick(Snapshot *s, const Json *map, Str *lang)
{
    size_t      n = json_object_size(map), i = 0;
    Str         have[64];
    const char *key;
    Json       *value;
    if (json_is_string(map)) {
        if (lang) *lang = STR_NONE;
        return json_text(map);
    }
    json_object_foreach((Json *)map, key, value) if (i < sizeof have / sizeof *have) have[i++] = str_of(key);
    if (n > i) n = i;
    size_t at = lang_pick(s->lang, s->node->langs, s->node->lang_count, have, n);
    if (lang) *lang = n ? have[at] : STR_NONE;
    return n ? json_get_text(map, have[at].at) : STR_NONE;
}

static Str pick_text(Snapshot *s, Arena *a, Str card, char what, Str *lang)
{
    CardText *texts;
    size_t    n = card_texts(a, card, what, &texts);
    if (n == 0) return STR_NONE;
    Str *have = NEW_ARRAY(a, Str, n);
    for (size_t i = 0; i < n; i++) have[i] = texts[i].lang;
    size_t at = lang_pick(s->lang, s->node->langs, s->node->lang_count, have, n);
    *lang = texts[at].lang;
    return texts[at].text;
}

static void fill_card(Snapshot *s, Arena *a, Str card, Card *out)
{
    Str unused, country = str_starts(card, S("C")) ? pick_text(s, a, card, 'C', &unused) : STR_NONE;
    if (country.len) {
        out->title = country_name(a, node_country_names(s->node), country, s->lang);
        out->title_lang = s->lang;
    } else {
        out->title = pick_text(s, a, card, 'T', &out->title_lang);
    }
    out->summary = pick_text(s, a, card, 'S', &out->summary_lang);
}

void card_of_face(Snapshot *s, Arena *a, const FaceRow *face, Card *out)
{
    *out = (Card){ .id = face->id,
                   .kind = face->kind,
                   .slug = face->slug,
                   .state = (State)face->state,
                   .updated_ms = face->updated_ms };
    fill_card(s, a, face->card, out);
}

void card_of(Snapshot *s, Arena *a, const Record *r, Card *out)
{
    const Kind *kind = kind_find(s->node->kinds, r->kind);
    *out = (Card){ .id = r->id, .kind = r->kind, .slug = r->slug, .state = r->state, .updated_ms = r->updated_ms };
    if (kind && r->state != STATE_WITHDRAWN) fill_card(s, a, r->card.len ? r->card : card_make(a, kind, r->doc), out);
}

bool card_read(Snapshot *s, Arena *a, Str target, Card *out, Err *err)
{
    Cut       cut = str_cut(target, ':');
    RecordRow row;
    FaceRow   face;
    if (card_cache_find(s, a, target, out)) return true;
    if (!see(s, a, cut.found ? cut.head : STR_NONE, cut.found ? cut.tail : target, &row, &face, err)) return false;
    card_of_face(s, a, &face, out);
    card_cache_put(s, target, &face, out);
    return true;
}

/* ---- history ---- */

/* Members of the owner see every version. Others see what was published to them, as long as the record
   still is; of a withdrawn one, the withdrawal. */
static bool version_visible(Snapshot *s, const FaceRow *now, const VersionRow *version, Str owner_token)
{
    if (audience_allows(s->reader, owner_token)) return true;
    if (now->state == STATE_WITHDRAWN) return version->entry == now->entry;
    return version->state == STATE_PUBLISHED && audience_allows(s->reader, version->token);
}

static bool history_start(Snapshot *s, Arena *a, Str kind, Str id_or_slug, RecordRow *row, FaceRow *face,
                          Str *owner_token, Err *err)
{
    if (!see(s, a, kind, id_or_slug, row, face, err)) return false;
    *owner_token = audience_token(a, face->audience, face->owner, true);
    return true;
}

bool record_history(Snapshot *s, Arena *a, Str kind, Str id_or_slug, Record **out, size_t *n, Err *err)
{
    RecordRow   row;
    FaceRow     face;
    Str         owner_token;
    Db         *db;
    VersionRow *versions;
    size_t      count, kept = 0;
    if (!history_start(s, a, kind, id_or_slug, &row, &face, &owner_token, err) || !snapshot_db(s, &db, err) ||
        !rows_versions(db, a, row.number, &versions, &count, err))
        return false;
    Record *records = NEW_ARRAY(a, Record, count);
    for (size_t i = 0; i < count; i++) {
        if (!version_visible(s, &face, &versions[i], owner_token)) continue;
        if (!load_entry(s, a, &row, versions[i].entry, &records[kept], err)) return false;
        records[kept].token = versions[i].token;
        records[kept++].doc = NULL;
    }
    *out = records;
    *n = kept;
    return true;
}

bool record_version(Snapshot *s, Arena *a, Str kind, Str id_or_slug, int64_t version, Record *out, Err *err)
{
    RecordRow  row;
    FaceRow    face;
    Str        owner_token;
    Db        *db;
    VersionRow found;
    if (!history_start(s, a, kind, id_or_slug, &row, &face, &owner_token, err) || !snapshot_db(s, &db, err))
        return false;
    Err why = { 0 };
    if (!rows_version(db, a, row.number, version, &found, &why) || !version_visible(s, &face, &found, owner_token))
        return why.code && why.code != ERR_NOT_FOUND
                   ? fail(err, why.code, "%s", why.text)
                   : fail(err, ERR_NOT_FOUND, "no version %lld of this %.*s", (long long)version, STR_ARG(row.kind));
    if (!load_entry(s, a, &row, found.entry, out, err)) return false;
    out->token = found.token;
    return true;
}
