/* What node.json says, checked once when a node is made or opened. */
#ifndef BANYAN_CORE_SETTINGS_H
#define BANYAN_CORE_SETTINGS_H

#include "base/json.h"

/* Each setting of settings.def is of its type; else ERR_INVALID, naming the key and the form it has. A key that is no
   setting is told to `stranger` (NULL: nobody) and does no harm: another version may know it. */
bool settings_check(const Json *settings, void (*stranger)(const char *key), Err *err);

#endif
