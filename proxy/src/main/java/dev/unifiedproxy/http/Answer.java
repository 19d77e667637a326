package dev.unifiedproxy.http;

/**
 * A complete response that the proxy itself gives.
 *
 * @param status the status
 * @param headers field lines without framing; the edge adds Content-Length
 * @param body the body
 */
public record Answer(int status, Headers headers, byte[] body) {}
