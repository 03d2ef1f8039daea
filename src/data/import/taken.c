/* Files of a part, from the moment they have their names until a record lists them. The same file read twice at once
   makes the same bytes: who is refused must not remove what the other one is about to list. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data/import/inside.h"
#include "store/files.h"

typedef struct Held Held;
struct Held {
    Held *next;
    char  name[FILES_NAME_LENGTH + 1];
    bool  new_here, listed;
    int   by; /* how many imports */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Held           *all;

static Held **held_find(Str name)
{
    Held **at = &all;
    while (*at && !str_eq_z(name, (*at)->name)) at = &(*at)->next;
    return at;
}

static void hold(Str name, bool new_here)
{
    Held **at = held_find(name);
    if (!*at) {
        *at = calloc(1, sizeof **at);
        if (!*at) memory_end(sizeof **at);
        memcpy((*at)->name, name.at, FILES_NAME_LENGTH);
    }
    (*at)->by++;
    (*at)->new_here = (*at)->new_here || new_here;
}

bool taken_take(Data *data, Arena *a, Str temporary, Str *out, uint64_t *bytes, Err *err)
{
    bool was_there;
    Str  name;
    if (!temporary.len) return true;
    pthread_mutex_lock(&lock);
    bool ok = files_take(data_parts(data), a, temporary, &name, bytes, &was_there, err);
    if (ok) hold(name, !was_there);
    pthread_mutex_unlock(&lock);
    if (ok) *out = name;
    return ok;
}

void taken_give_back(Data *data, Arena *a, Str name, bool keep)
{
    Str path;
    Err why = { 0 };
    if (!name.len) return;
    pthread_mutex_lock(&lock);
    Held **at = held_find(name), *held = *at;
    held->listed = held->listed || keep;
    if (--held->by == 0) {
        bool gone = held->new_here && !held->listed;
        if (gone && files_find(data_parts(data), a, name, &path, &why)) unlink(str_z(a, path));
        *at = held->next;
        free(held);
    }
    pthread_mutex_unlock(&lock);
}
