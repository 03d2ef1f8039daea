/* Markdown to HTML that may stand on a page: the only place that includes cmark-gfm. */
#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <pthread.h>
#include <stdlib.h>

#include "web/render.h"

static const char *const extensions[] = { "table", "strikethrough", "autolink" };
#define EXTENSION_COUNT (sizeof extensions / sizeof *extensions)

static void start_once(void)
{
    cmark_gfm_core_extensions_ensure_registered();
}

/* No page asks another host for anything: an image becomes a link to it. */
static void link_instead(cmark_node *image)
{
    cmark_node *link = cmark_node_new(CMARK_NODE_LINK);
    cmark_node_set_url(link, cmark_node_get_url(image));
    cmark_node_set_title(link, cmark_node_get_title(image));
    cmark_node_insert_before(image, link);
    for (cmark_node *child; (child = cmark_node_first_child(image));) cmark_node_append_child(link, child);
    if (!cmark_node_first_child(link)) {
        cmark_node *text = cmark_node_new(CMARK_NODE_TEXT);
        cmark_node_set_literal(text, cmark_node_get_url(link));
        cmark_node_append_child(link, text);
    }
    cmark_node_free(image);
}

static bool inside_link(cmark_node *node)
{
    for (node = cmark_node_parent(node); node; node = cmark_node_parent(node))
        if (cmark_node_get_type(node) == CMARK_NODE_LINK) return true;
    return false;
}

static void tame(cmark_node *root)
{
    /* Leaving an image frees it; nothing inside is visited afterwards. */
    cmark_iter *i = cmark_iter_new(root);
    for (cmark_event_type event; (event = cmark_iter_next(i)) != CMARK_EVENT_DONE;) {
        cmark_node *node = cmark_iter_get_node(i);
        if (event == CMARK_EVENT_ENTER && cmark_node_get_type(node) == CMARK_NODE_HEADING) {
            int level = cmark_node_get_heading_level(node) + 2;
            cmark_node_set_heading_level(node, level < 6 ? level : 6);
        }
        if (event == CMARK_EVENT_EXIT && cmark_node_get_type(node) == CMARK_NODE_IMAGE) {
            if (!inside_link(node)) {
                link_instead(node);
                continue;
            }
            for (cmark_node *child; (child = cmark_node_first_child(node));) cmark_node_insert_before(node, child);
            cmark_node_free(node);
        }
    }
    cmark_iter_free(i);
}

void markdown_put(Buf *out, Str markdown)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start_once);

    int           options = CMARK_OPT_VALIDATE_UTF8;
    cmark_parser *parser = cmark_parser_new(options);
    for (size_t i = 0; i < EXTENSION_COUNT; i++)
        cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension(extensions[i]));
    cmark_parser_feed(parser, markdown.at, markdown.len);
    cmark_node *root = cmark_parser_finish(parser);
    tame(root);
    char *html = cmark_render_html(root, options, cmark_parser_get_syntax_extensions(parser));
    buf_put_z(out, html);
    free(html);
    cmark_node_free(root);
    cmark_parser_free(parser);
}
