#ifndef HOGSEND_CMICROHTTPD_SHIM_H
#define HOGSEND_CMICROHTTPD_SHIM_H

#include <microhttpd.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// Swift cannot call variadic functions, and MHD's options hold function pointers of several types,
// so the daemon's options are put together here, once for every server of the program.
static inline struct MHD_Daemon *hogsend_mhd_start(
    int listen_socket, unsigned int connection_limit, unsigned int idle_seconds,
    size_t memory_limit, void *context, void *(*uri_log)(void *, const char *, struct MHD_Connection *),
    enum MHD_Result (*handler)(
        void *, struct MHD_Connection *, const char *, const char *, const char *, const char *,
        size_t *, void **),
    void (*completed)(void *, struct MHD_Connection *, void **, enum MHD_RequestTerminationCode),
    void (*connected)(void *, struct MHD_Connection *, void **, enum MHD_ConnectionNotificationCode)) {
    unsigned int flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME;
    struct MHD_OptionItem own[] = {
        {listen_socket < 0 ? MHD_OPTION_END : MHD_OPTION_LISTEN_SOCKET, listen_socket, NULL},
        {MHD_OPTION_END, 0, NULL}};
    // Without a listening socket connections come through hogsend_mhd_add alone.
    if (listen_socket < 0) flags |= MHD_USE_NO_LISTEN_SOCKET;
    return MHD_start_daemon(
        flags, 0, NULL, NULL,
        handler, context, MHD_OPTION_ARRAY, own, MHD_OPTION_CONNECTION_LIMIT,
        connection_limit, MHD_OPTION_CONNECTION_TIMEOUT, idle_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, memory_limit, MHD_OPTION_URI_LOG_CALLBACK, uri_log,
        context, MHD_OPTION_NOTIFY_COMPLETED, completed, context, MHD_OPTION_NOTIFY_CONNECTION,
        connected, context, MHD_OPTION_END);
}

// Hands an accepted socket over; it is closed when there is no place for it.
static inline int hogsend_mhd_add(struct MHD_Daemon *daemon, int descriptor) {
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof(address);
    if (getpeername(descriptor, (struct sockaddr *)&address, &length) != 0) {
        close(descriptor);
        return MHD_NO;
    }
    return MHD_add_connection(daemon, descriptor, (struct sockaddr *)&address, length);
}

static inline int hogsend_mhd_connection_descriptor(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info == NULL ? -1 : info->connect_fd;
}

static inline int hogsend_mhd_epoll_descriptor(struct MHD_Daemon *daemon) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
    return info == NULL ? -1 : info->epoll_fd;
}

// MHD_RESPMEM_MUST_COPY does not reach Swift under its C name.
static inline struct MHD_Response *hogsend_mhd_response_copying(const void *bytes, size_t length) {
    return MHD_create_response_from_buffer(length, (void *)bytes, MHD_RESPMEM_MUST_COPY);
}

// A body of unknown length; MHD_SIZE_UNKNOWN does not reach Swift either.
static inline struct MHD_Response *hogsend_mhd_response_reading(
    void *context, ssize_t (*reader)(void *, uint64_t, char *, size_t), void (*done)(void *)) {
    struct MHD_Response *response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 16384, reader, context, done);
    if (response == NULL) done(context);
    return response;
}

#endif
