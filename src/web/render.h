/* From a handler's value to a page: the templates' lambdas and the frame around every page.

   A template sees the members of the value, "view" (view.h) and "page":

     page.lang, page.dir          language of the interface, "ltr" or "rtl"
     page.path, page.address      "/activity/x"; the same with its question
     page.template                "record" …: also page.is.record, true
     page.site, page.node         title of the site, name of the node
     page.languages[]             {tag, name, url, current}: switching keeps the page
     page.groups[]                navigation: {group, title, current, kinds[]: {kind, title, url, current}}
     page.person                  {name} when somebody has signed in; page.csrf for their forms; page.runs_node;
                                  page.manages_people; page.session_ended: the browser's session was over
     page.editor                  true when they may create records somewhere
     page.formats[]               other endings of this page: {ending, url, type}
     page.kind                    {name, title, plural, url} on routes of a kind
     page.year                    of today

   Lambdas (what is between the tags is a key or a path; all escape):
     {{#t}}list.empty{{/t}}       message; its arguments are looked up by name where the tag stands
     {{#text}}doc.name{{/text}}   language map in the reader's language, in a span with lang and dir when it
                                  is another, followed by a visible note; of a string "x" the language is
                                  the member "x_lang" beside it
     {{#plain}}doc.name{{/plain}} the same without markup, for attributes and <title>
     {{#md}}doc.body{{/md}}       language map of Markdown as HTML: no raw HTML, images become links,
                                  headings start two levels down
     {{#date}}path{{/date}}  {{#range}}start end{{/range}}  {{#when}}path{{/when}}    in <time> where one date
     {{#number}}path{{/number}}  {{#country}}path{{/country}}  {{#language}}path{{/language}}
     {{#json}}path{{/json}}       JSON that may stand in <script type="application/json">
     {{#asset}}style.css{{/asset}}  its address with the hash of its bytes
     {{#encode}}text{{/encode}}   percent-encoded, for a part of an address */
#ifndef BANYAN_WEB_RENDER_H
#define BANYAN_WEB_RENDER_H

#include "web/mustache.h"
#include "web/route.h"

/* A set with the lambdas above, for site_open and for tests of templates. */
Mustache *render_templates(void);

/* The page of a reply's value. Opens its own snapshot of the node. */
bool render_page(Request *req, const Route *route, Str page, const Reply *reply, Buf *out, Err *err);

/* Markdown in safe mode, as {{#md}} has it. */
void markdown_put(Buf *out, Str markdown);

#endif
