package dev.unifiedproxy.transport;

import io.netty.handler.codec.http.HttpResponseStatus;

/** The words behind a status, which nobody interprets; the server's own are not passed on. */
final class ReasonPhrase {
    private ReasonPhrase() {}

    static String of(int status) {
        return HttpResponseStatus.valueOf(status).reasonPhrase();
    }
}
