/* Faces in an order that changes: a list of short blocks, so that putting one in or taking one out
   moves little. The order itself is the caller's: it says on which side of a place a face lies. */
#ifndef BANYAN_CORE_ORDER_H
#define BANYAN_CORE_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Order Order;
/* True when `face` lies before the place that is looked for. */
typedef bool (*OrderBefore)(const void *with, uint32_t face);

Order *order_open(void);
void   order_close(Order *o);
size_t order_count(const Order *o);

typedef struct {
    size_t block, at;
} OrderPlace;
OrderPlace order_find(const Order *o, OrderBefore before, const void *with); /* the first face not before it */
void       order_add(Order *o, OrderPlace place, uint32_t face);
void       order_append(Order *o, uint32_t face);
void       order_remove(Order *o, OrderPlace place); /* the face at the place */

/* Step through: the face at the place, then forward; or the one before the place, then backward.
   False at the end. */
bool       order_next(const Order *o, OrderPlace *place, uint32_t *face);
bool       order_previous(const Order *o, OrderPlace *place, uint32_t *face);
OrderPlace order_start(const Order *o);
OrderPlace order_end(const Order *o);

#endif
