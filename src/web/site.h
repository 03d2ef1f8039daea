/* What a running server owns beside its node. Made once at start, read by all threads. */
#ifndef BANYAN_WEB_SITE_H
#define BANYAN_WEB_SITE_H

#include "core/people.h"
#include "core/people_parties.h"
#include "text/message.h"
#include "web/asset.h"
#include "web/metrics.h"
#include "web/mustache.h"
#include "web/web.h"

typedef struct Cache    Cache;
typedef struct Desk     Desk;
typedef struct Intake   Intake;
typedef struct Inbox    Inbox;
typedef struct Gatherer Gatherer;

struct Site {
    Arena    *arena;
    Node     *node;
    People   *people;
    Parties  *parties; /* which frameworks an organisation belongs to */
    Messages *messages;
    Mustache *templates;
    Assets   *assets;
    /* The region, or NULL: {"width","height","source","countries":[{"code","path","x","y","area"}],"borders",
       "disputed"} (web/shapes.h). */
    const Json  *map;
    const Asset *map_world; /* the world, for maps that move; NULL: the node's view has none */
    Cache       *cache;
    Desk        *desk;   /* where questions to datasets are worked on */
    Intake      *intake; /* files on their way into datasets */
    Inbox       *inbox;  /* rows that were posted and are in no part yet */
    Gatherer    *gatherer;
    Metrics      metrics;
    Str         *languages; /* of the interface; the node's first language first */
    Json       **menus;     /* of each of them: page.groups (frame.h) */
    size_t       language_count;
    Str          base_url; /* settings' "url" without slash at the end; else "http://" and the address it listens on */
    bool         secure;   /* base_url is https: cookies are Secure */
    Reader       anyone;   /* the anonymous reader */
    int64_t      started_ms;
};

/* Opens people, messages (SHARE/locale), templates (SHARE/pages), assets (SHARE/assets, and FOLDER/maps in
   place of its maps). Settings that
   count here: "url", "title" (language map), "languages" (list), "cache_mb" (16). */
bool site_open(Node *node, Site **out, Err *err);
void site_close(Site *site);

/* "title" of the settings in a language; the node's name without one. */
Str site_title(const Site *site, Str lang);
/* The language of titles and interface: ?lang= when it is well-formed (titles may be in it even where the
   interface is not); else the cookie; else Accept-Language; else the first. */
Str site_language(const Site *site, Str wish, Str cookie, Str accept_language);
/* A message in the language of the request. */
Str say(const Request *req, const char *key, const Json *args);
Str say_key(const Request *req, Str key, const Json *args);

#endif
