/* Annotations in memory (W3C Web Annotation Data Model, 2017): what is annotated, and with which motivation. The
   system of annotations that the test of annotated records asks (data/bdq.h).

   16 bytes a target; adding is not for several threads, asking is for any. */
#ifndef BANYAN_DATA_ANNOTATIONS_H
#define BANYAN_DATA_ANNOTATIONS_H

#include "data/list_read.h"

typedef struct Annotations Annotations;

#define ANNOTATIONS_MOST 5000000 /* rows */

Annotations *annotations_make(void);
void         annotations_close(Annotations *annotations); /* accepts NULL */
size_t       annotations_count(const Annotations *annotations);

/* The motivations of the standard in a text, a bit each: "oa:questioning", ["editing","tagging"], an IRI. 0: none. */
unsigned annotation_motivations(Str text);
/* One annotation. `targets`: ids, parted by "|" or a JSON array of them or of objects with an `id` or a `source`; an
   id with a fragment ("…/1#locality") is about what it is a fragment of too. */
void annotations_add(Annotations *annotations, Str targets, unsigned motivations);
/* Whether there is one about it, letter for letter, with one of these motivations (0: with any or none). */
bool annotations_about(const Annotations *annotations, Str id, unsigned motivations);

/* A dataset of the node with a column target (hasTarget) or, of annotations read from JSON, target.source or
   target.id; perhaps motivation (motivatedBy). Fails as list_read, for more than ANNOTATIONS_MOST rows too. */
bool annotations_read(const ListSource *from, Annotations **out, Err *err);

#endif
