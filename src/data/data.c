#include "data/data.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/thread.h"
#include "data/date_form.h"
#include "data/degrees.h"
#include "data/pair.h"
#include "data/flag.h"
#include "store/files.h"

/* What a thread of the engine takes to read a piece of a file and write it. */
#define THREAD_BYTES ((uint64_t)64 << 20)
#define OWN_BYTES    ((uint64_t)24 << 20)

struct Data {
    Node           *node;
    Arena          *arena;
    Str             parts, spill;
    pthread_mutex_t lock; /* of the opening of `duck` */
    Duck           *duck;
    Beside         *beside;
    Indexes        *indexes;
};

static bool engine(void *data, Duck **out, Err *err)
{
    return data_engine(data, out, err);
}

bool data_open(Node *node, Data **out, Err *err)
{
    Arena *a = arena_open(0);
    Data  *data = NEW(a, Data);
    data->arena = a;
    data->node = node;
    data->parts = path_join(a, str_of(node_folder(node)), S("parts"));
    data->spill = path_join(a, data->parts, S("tmp"));
    pthread_mutex_init(&data->lock, NULL);
    data->beside = beside_open(path_join(a, str_of(node_folder(node)), S("beside")).at, data->parts.at,
                               node_is_read_only(node), engine, data);
    data->indexes = indexes_open(data->beside);
    if (!node_is_read_only(node) && !files_clear_temporary(data->parts.at, err)) {
        data_close(data);
        return false;
    }
    *out = data;
    return true;
}

void data_close(Data *data)
{
    if (!data) return;
    indexes_close(data->indexes);
    beside_close(data->beside);
    duck_close(data->duck);
    pthread_mutex_destroy(&data->lock);
    arena_close(data->arena);
}

Beside *data_beside(Data *data)
{
    return data->beside;
}

Indexes *data_indexes(Data *data)
{
    return data->indexes;
}

Node *data_node(Data *data)
{
    return data->node;
}

const char *data_parts(Data *data)
{
    return data->parts.at;
}

static uint64_t data_memory(Data *data)
{
    int64_t memory = json_get_integer(node_settings(data->node), "data_memory", 0);
    return memory > 0 ? (uint64_t)memory : DUCK_MEMORY_DEFAULT;
}

/* The engine has three quarters; of the last one this is what the process itself does not take. */
uint64_t data_memory_beside(Data *data)
{
    uint64_t quarter = data_memory(data) / 4;
    return quarter > 2 * OWN_BYTES ? quarter - OWN_BYTES : quarter / 2;
}

/* As many threads as there are cores and memory for. At least two: with one the engine writes row groups of one
   vector where it should write one for each piece of the file (import.c). */
static int threads_for(uint64_t memory)
{
    long     cores = sysconf(_SC_NPROCESSORS_ONLN);
    uint64_t room = memory / THREAD_BYTES, most = room > 2 ? room : 2;
    return cores < 2 ? 2 : (uint64_t)cores < most ? (int)cores
                                                  : (int)most;
}

bool data_engine(Data *data, Duck **out, Err *err)
{
    static const DuckTextFunction *const text_functions[] = { &date_form_function,
                                                              &degrees_function, &pair_function,
                                                              NULL };

    uint64_t    memory = data_memory(data);
    DuckOptions options = { .folder = data->spill.at,
                            .memory_bytes = memory / 4 * 3, /* it counts its buffers, not all that it allocates */
                            .threads = threads_for(memory),
                            .niceness = THREAD_OF_QUESTIONS,
                            .functions = flag_functions,
                            .function_count = FLAG_FUNCTIONS,
                            .text_functions = text_functions };
    pthread_mutex_lock(&data->lock);
    bool ok = data->duck || duck_open(&options, &data->duck, err);
    if (ok) *out = data->duck;
    pthread_mutex_unlock(&data->lock);
    return ok;
}
