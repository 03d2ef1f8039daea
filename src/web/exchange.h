/* One request and its answer, from the first header to the last byte. */
#ifndef BANYAN_WEB_EXCHANGE_H
#define BANYAN_WEB_EXCHANGE_H

#include <microhttpd.h>

#include "web/pool.h"
#include "web/reply.h"
#include "web/site.h"
#include "web/upload.h"

typedef struct {
    Site *site;
    Pool *readers; /* as many threads as answer at a time: what only reads and reckons */
    Pool *waiters; /* many threads: what may wait for the disk, a password's hash or a dataset */
    bool  quiet;
} Server;

typedef enum { EXCHANGE_NEW,
               EXCHANGE_READ,
               EXCHANGE_BODY,
               EXCHANGE_WORKING,
               EXCHANGE_ANSWERED } ExchangeState;

typedef struct {
    Server                *server;
    struct MHD_Connection *connection;
    ExchangeState          state;
    int64_t                started_us;
    bool                   counted, is_options, unchanged;
    Arena                 *arena;
    Request                req;
    const Route           *route;
    Err                   *no_route; /* why nothing is asked: there is none, or the question cannot be read */
    CacheKey               key;
    CacheState             at;
    Upload                *upload;  /* of a route that takes files */
    Parcel                *refusal; /* why there is none: sent when all has been heard */
    Buf                    body;
    uint64_t               body_bytes;    /* received, kept or not */
    Parcel                *parcel;        /* made by the pool */
    Str                    if_none_match; /* of a reading that the pool answers */
    Str                    target;
    char                   target_bytes[];
} Exchange;

/* The callbacks of libmicrohttpd, given a Server. */
void           *exchange_begin(void *server, const char *target, struct MHD_Connection *connection);
enum MHD_Result exchange_step(void *server, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_size, void **exchange);
void            exchange_end(void *server, struct MHD_Connection *connection, void **exchange,
                             enum MHD_RequestTerminationCode why);
/* What the pool runs. */
void exchange_work(void *exchange);

#endif
