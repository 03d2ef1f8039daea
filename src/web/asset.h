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

/* The folder and those below it ("fonts/noto.woff2"); a missing folder is no assets. */
bool         assets_open(const char *folder, Assets **out, Err *err);
void         assets_close(Assets *assets);
const Asset *asset_named(const Assets *assets, Str name); /* "style.css"; NULL when there is none */
/* What follows "/assets/" in an address: with its hash (`*exact`) or the plain name. */
const Asset *asset_find(const Assets *assets, Str path, bool *exact);

#endif
