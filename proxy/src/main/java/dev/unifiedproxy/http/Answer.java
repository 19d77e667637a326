package dev.unifiedproxy.http;

/**
 * A complete response that the proxy itself gives.
 *
 * @param status the status
 * @param headers field lines without framing; the edge adds Content-Length
 * @param body the body, sent as UTF-8
 */
public record Answer(int status, Headers headers, String body) {}
