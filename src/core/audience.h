/* Who may see what: the one place that decides.

   Every visible face of a record carries exactly one audience token; every reader holds a set of
   tokens; a face is visible when its token is in the reader's set. Lists, counts, facets, search,
   feeds, links and exports intersect with that set and ask nothing else, so they cannot disagree.

     audience of a record   token of its published face        held by
     public                 "public"                           everybody
     signed-in              "signed-in"                        everybody who has signed in
     framework:SLUG         "framework:SLUG"                   members of organisations of its parties
     own                    "org:OWNER"                        members of the owner
     (any, working face)    "org:OWNER"                        members of the owner

   A record has a published face (its newest published version) and, while somebody drafts or
   submits a change, a working face, seen by the owner's members in place of the published one.
   A withdrawn record keeps a stub (title gone, reason kept) with the token it had. */
#ifndef BANYAN_CORE_AUDIENCE_H
#define BANYAN_CORE_AUDIENCE_H

#include "base/json.h"

typedef enum { ROLE_NONE,
               ROLE_READER,
               ROLE_EDITOR,
               ROLE_PUBLISHER,
               ROLE_ADMINISTRATOR } Role;
const char *role_name(Role r); /* "reader" … */
bool        role_read(Str name, Role *out);

typedef struct {
    Str  organisation;
    Role role;
} Membership; /* organisation: slug of its record */

typedef struct {
    Str         person; /* id; empty: nobody has signed in */
    Str         name;   /* for the page's head */
    Membership *memberships;
    size_t      membership_count;
    Str        *frameworks; /* slugs of frameworks whose parties the reader's organisations belong to */
    size_t      framework_count;
    bool        may_write; /* false for a read-only token */
    bool        only_rows; /* a token that sends rows and nothing else: never the reader of a request */
    bool        runs_node; /* people and settings of the node; sees no more records for it */
    bool        all;       /* the program itself at the operator's terminal (load, dump): sees and may do
                                everything. Never set for a request */
    Str        *tokens;    /* sorted; filled by reader_finish */
    size_t      token_count;
    uint64_t    key; /* hash of the tokens: for caches, equal sets have equal keys */
} Reader;

/* Fill tokens and key from the other members. An anonymous Reader is `{0}` finished. */
void   reader_finish(Reader *r, Arena *a);
Reader reader_copy(Arena *a, const Reader *from); /* nothing of it is shared */
Role   reader_role(const Reader *r, Str organisation);

/* "public", "signed-in", "own", "framework:slug"; anything else is ERR_INVALID. */
bool audience_check(Str audience, Err *err);
/* `working`: of a working face, or of the stub of a record that was never published. */
Str  audience_token(Arena *a, Str audience, Str owner, bool working);
bool audience_allows(const Reader *r, Str token);
/* Message key of the sentence that says why this reader sees it: "why.public", "why.framework", … */
const char *audience_why(const Reader *r, Str token);

/* What a person may do to a record of an owner. */
bool may_edit(const Reader *r, Str owner);    /* create, save a draft, submit */
bool may_publish(const Reader *r, Str owner); /* publish, withdraw, restore */
/* Invite into an organisation, set roles there: its administrators, and who runs the node. */
bool may_manage(const Reader *r, Str organisation);
bool may_manage_some(const Reader *r); /* of some organisation */
bool may_manage_all(const Reader *r);  /* every account of the node */

#endif
