/* See about.h. */
#include "web/about.h"

#include "data/restriction.h"
#include "web/site.h"
#include "web/value.h"

/* "CC BY-SA 4.0" to its address; empty for what is not known. */
static Str licence_address(Arena *a, Str licence)
{
    static const char *const sorts[] = { "by", "by-sa", "by-nc", "by-nc-sa", "by-nd", "by-nc-nd" };
    static const char *const versions[] = { "4.0", "3.0", "2.5", "2.0" };
    Str                      text = str_lower_ascii(a, str_trim(licence));
    if (str_starts(text, S("https://")) || str_starts(text, S("http://"))) return str_trim(licence);
    if (str_starts(text, S("cc0"))) return S("https://creativecommons.org/publicdomain/zero/1.0/");
    if (!str_starts(text, S("cc ")) && !str_starts(text, S("cc-"))) return STR_NONE;
    for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++)
        for (size_t k = 0; k < sizeof versions / sizeof *versions; k++) {
            Str rest = str_drop(text, 3), sort = str_of(sorts[i]);
            if (!str_starts(rest, sort)) continue;
            rest = str_drop(rest, sort.len);
            if (rest.len != 4 || (rest.at[0] != ' ' && rest.at[0] != '-') ||
                !str_ends(rest, str_of(versions[k])))
                continue;
            return str_format(a, "https://creativecommons.org/licenses/%s/%s/", sorts[i], versions[k]);
        }
    return STR_NONE;
}

static void publisher_add(About *about, Str name, Str url)
{
    if (name.len) about->publishers[about->publisher_count++] = (Publisher){ name, url };
}

static Str card_url(Request *req, const Card *card)
{
    return str_join(req->arena, (Str[]){ req->site->base_url, record_url(req->arena, card->kind, card->slug) }, 2);
}

void about_dataset(Request *req, Snapshot *s, const Record *record, About *out)
{
    Arena      *a = req->arena;
    const Json *publishers = json_get(record->doc, "publishers"), *one;
    size_t      i;
    Card        card;
    Record      owner;
    Err         why = { 0 };
    *out = (About){ .record = record, .publishers = NEW_ARRAY(a, Publisher, json_array_size(publishers) + 1) };
    out->url = str_join(a, (Str[]){ req->site->base_url, record_url(a, S("dataset"), record->slug) }, 2);
    card_of(s, a, record, &card);
    out->title = card.title;
    json_array_foreach(publishers, i, one)
    {
        Str organisation = json_get_text(one, "organisation"), name = text_pick(s, json_get(one, "name"), NULL);
        if (organisation.len && card_read(s, a, organisation, &card, &why))
            publisher_add(out, str_copy(a, card.title), card_url(req, &card));
        else publisher_add(out, str_copy(a, name), STR_NONE);
    }
    if (!out->publisher_count &&
        record_read(s, a, S("organisation"), record->owner, &owner, &why) &&
        owner.state != STATE_WITHDRAWN) {
        card_of(s, a, &owner, &card);
        publisher_add(out, str_copy(a, card.title), card_url(req, &card));
    }
    if (!out->publisher_count) publisher_add(out, site_title(req->site, req->lang), STR_NONE);
    out->licence_url = licence_address(a, json_get_text(record->doc, "licence"));
}

void about_terms(Request *req, const Json *now, Str owner, About *about)
{
    Arena       *a = req->arena;
    Column      *columns;
    size_t       n;
    Restriction *list;
    Err          why = { 0 };
    size_t       count = restrictions_for(&req->reader, a, now, owner, &list);
    about->terms = NEW_ARRAY(a, Str, count + 1);
    if (!columns_read(a, about->record->doc, &columns, &n, &why)) return;
    for (size_t i = 0; i < count; i++) {
        Str sentence = restriction_sentence(a, &list[i], columns, n);
        if (sentence.len) about->terms[about->term_count++] = sentence;
    }
}

Str about_from(const About *about)
{
    Str said = json_get_text(about->record->doc, "start");
    return said.len || !about->reach ? said : about->reach->from;
}

Str about_to(const About *about)
{
    Str said = json_get_text(about->record->doc, "end");
    return said.len || !about->reach ? said : about->reach->to;
}
