#include "base/xml.h"

#include <limits.h>
#include <string.h>

#include <libxml/xmlreader.h>

struct Xml {
    xmlTextReaderPtr reader;
    XmlBytes         bytes;
    void            *with;
    Str              text_left;
    Err              failed; /* of `bytes` */
    char             said[200];
    int              line;
    bool             close_next; /* <a/> is two steps */
};

static int read_bytes(void *with, char *at, int room)
{
    Xml   *xml = with;
    size_t n = 0;
    if (room <= 0) return 0;
    if (!xml->bytes) {
        Str piece = str_take_first(xml->text_left, (size_t)room);
        if (piece.len) memcpy(at, piece.at, piece.len);
        xml->text_left = str_drop(xml->text_left, piece.len);
        return (int)piece.len;
    }
    return xml->bytes(xml->with, at, (size_t)room, &n, &xml->failed) ? (int)n : -1;
}

static void hear(void *with, const char *message, xmlParserSeverities severity, xmlTextReaderLocatorPtr at)
{
    Xml *xml = with;
    (void)severity;
    if (xml->said[0]) return;
    Str said = str_trim(str_of(message));
    if (said.len >= sizeof xml->said) said.len = sizeof xml->said - 1;
    if (said.len) memcpy(xml->said, said.at, said.len);
    xml->said[said.len] = 0;
    xml->line = at ? xmlTextReaderLocatorLineNumber(at) : 0;
}

static void close_reader(void *reader)
{
    xmlFreeTextReader(reader);
}

static Xml *open_reader(Arena *a, Xml start)
{
    Xml *xml = NEW(a, Xml);
    *xml = start;
    xml->reader = xmlReaderForIO(read_bytes, NULL, xml, NULL, NULL, XML_PARSE_NONET | XML_PARSE_COMPACT);
    if (!xml->reader) memory_end(0);
    xmlTextReaderSetErrorHandler(xml->reader, hear, xml);
    arena_adopt(a, xml->reader, close_reader);
    return xml;
}

Xml *xml_open(Arena *a, XmlBytes bytes, void *with)
{
    return open_reader(a, (Xml){ .bytes = bytes, .with = with });
}

Xml *xml_open_text(Arena *a, Str text)
{
    return open_reader(a, (Xml){ .text_left = text });
}

bool xml_next(Xml *xml, XmlStep *step, Err *err)
{
    if (xml->close_next) {
        xml->close_next = false;
        *step = XML_STEP_CLOSE;
        return true;
    }
    for (;;) {
        int more = xmlTextReaderRead(xml->reader);
        if (xml->failed.code != ERR_NONE) {
            *err = xml->failed;
            return false;
        }
        if (more < 0)
            return fail(err, ERR_FORMAT, "line %d: this is no XML: %s", xml->line,
                        xml->said[0] ? xml->said : "damaged");
        if (more == 0) {
            *step = XML_STEP_END;
            return true;
        }
        switch (xmlTextReaderNodeType(xml->reader)) {
        case XML_READER_TYPE_DOCUMENT_TYPE:
        case XML_READER_TYPE_ENTITY_REFERENCE:
            return fail(err, ERR_FORMAT, "the XML declares a document type or entities, which are not read");
        case XML_READER_TYPE_ELEMENT:
            xml->close_next = xmlTextReaderIsEmptyElement(xml->reader) == 1;
            *step = XML_STEP_OPEN;
            return true;
        case XML_READER_TYPE_END_ELEMENT: *step = XML_STEP_CLOSE; return true;
        case XML_READER_TYPE_TEXT:
        case XML_READER_TYPE_CDATA:
        case XML_READER_TYPE_WHITESPACE:
        case XML_READER_TYPE_SIGNIFICANT_WHITESPACE: *step = XML_STEP_TEXT; return true;
        default: break;
        }
    }
}

Str xml_name(const Xml *xml)
{
    return str_of((const char *)xmlTextReaderConstLocalName(xml->reader));
}

Str xml_text(const Xml *xml)
{
    return str_of((const char *)xmlTextReaderConstValue(xml->reader));
}

Str xml_attribute(const Xml *xml, Arena *a, const char *name)
{
    Str found = STR_NONE;
    for (int more = xmlTextReaderMoveToFirstAttribute(xml->reader); more == 1 && !found.at;
         more = xmlTextReaderMoveToNextAttribute(xml->reader))
        if (str_eq_z(xml_name(xml), name)) found = str_copy(a, xml_text(xml));
    xmlTextReaderMoveToElement(xml->reader);
    return found;
}
