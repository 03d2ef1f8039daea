/* XML read step by step, in bounded memory; libxml2's reader is behind this header only.

   Names are local ones, without their prefix. What declares a document type is refused: that is where
   entities come from that grow without end or read files. Nothing is fetched. */
#ifndef BANYAN_BASE_XML_H
#define BANYAN_BASE_XML_H

#include "base/err.h"

typedef struct Xml Xml;

/* The next bytes of the text, at most `room`; 0 at its end. */
typedef bool (*XmlBytes)(void *with, char *at, size_t room, size_t *n, Err *err);

typedef enum { XML_STEP_OPEN,  /* an element begins: `name` */
               XML_STEP_CLOSE, /* it ends: `name` */
               XML_STEP_TEXT,  /* `text` */
               XML_STEP_END } XmlStep;

/* Lives in `a`. */
Xml *xml_open(Arena *a, XmlBytes bytes, void *with);
Xml *xml_open_text(Arena *a, Str text); /* `text` must live as long */
/* ERR_FORMAT with the line for what is no XML or declares a document type; what `bytes` failed with. */
bool xml_next(Xml *xml, XmlStep *step, Err *err);
Str  xml_name(const Xml *xml); /* of the element, until the next step */
Str  xml_text(const Xml *xml);
/* Of the element that has begun; empty when it has none. Lives in `a`. */
Str xml_attribute(const Xml *xml, Arena *a, const char *name);

#endif
