/**
 * To be imported before `sharp`, for what it does: has libvips make its threads when it is loaded, and keep them.
 *
 * By itself libvips ends threads that had nothing to do for 15 seconds. Work that comes just then is handed to a thread that is on
 * its way out, and is never done (libvips 8.18, `iofuncs/threadset.c`: the time-out of a thread and the hand-over exclude each other
 * only after the thread has made up its mind). All of sharp's pictures at that moment hang, and with them the threads of Node.js that
 * read files. What is idle for a while and is then asked for several pictures at once, as a server, meets that sooner or later.
 *
 * In a worker thread it does nothing, since the environment there is a copy: whoever starts one imports it.
 */
const pictures = Number(process.env.UV_THREADPOOL_SIZE ?? 4);
// A picture takes a thread that makes it, and up to two that write it; one is to spare.
process.env.VIPS_MAX_THREADS ??= String(Math.min(Math.max(pictures * 4, 32), 1024));
