/* Files of SHARE/assets: style, scripts, icons, fonts, map shapes. Read once at start into memory, named
   in addresses by a hash of their bytes, so that they may be cached for ever: "/assets/style.3fa9c1d2.css". */
#ifndef BANYAN_WEB_ASSET_H
#define BANYAN_WEB_ASSET_H

#include "base/err.h"

typedef struct Assets Assets;
typedef struct {
    Str  name, url, type, bytes;
    bool packed;
} Asset; /* packed: compressing again gains nothing */

/* The folder and those below it ("fonts/noto.woff2"); a missing folder is no assets. A file of `maps` is "maps/NAME",
   in place of one of that name in the folder; it may be missing too. */
bool         assets_open(const char *folder, const char *maps, Assets **out, Err *err);
size_t       assets_count(const Assets *assets);
const Asset *assets_at(const Assets *assets, size_t i); /* by name */
void         assets_close(Assets *assets);
const Asset *asset_named(const Assets *assets, Str name); /* "style.css"; NULL when there is none */
/* What follows "/assets/" in an address: with its hash (`*exact`) or the plain name. */
const Asset *asset_find(const Assets *assets, Str path, bool *exact);

#endif
