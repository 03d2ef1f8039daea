/* The place of a thread among the others of the machine. */
#ifndef BANYAN_BASE_THREAD_H
#define BANYAN_BASE_THREAD_H

/* The calling thread, and those that it begins from here on, give way to others: to pages while questions are worked
   on, to both while something is made ready in the background. There is no way back. */
#define THREAD_OF_QUESTIONS  5
#define THREAD_OF_BACKGROUND 15
void thread_give_way(int niceness);

#endif
