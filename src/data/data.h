/* What a node has for its datasets: the folder of parts, NODE/parts, what is kept beside them, and the engine.

   Opened once by who serves or imports, shared by threads. The engine opens when it is first asked for,
   so a node without datasets pays nothing. Settings (docs/operate.md): `data_memory` in bytes. */
#ifndef BANYAN_DATA_DATA_H
#define BANYAN_DATA_DATA_H

#include "core/record.h"
#include "data/indexes.h"

typedef struct Data Data;

/* Clears what an import that died left behind; `node` must outlive it. A read-only node clears nothing. */
bool        data_open(Node *node, Data **out, Err *err);
void        data_close(Data *data); /* accepts NULL; nothing may run */
Node       *data_node(Data *data);
const char *data_parts(Data *data); /* the folder, for store/files.h */
bool        data_engine(Data *data, Duck **out, Err *err);
uint64_t    data_memory_beside(Data *data); /* bytes that an import may take besides what the engine does */
Beside     *data_beside(Data *data);
Indexes    *data_indexes(Data *data);

#endif
