package dev.unifiedproxy.identity;

import dev.unifiedproxy.container.Container;

import java.time.Instant;

/**
 * What an authentic ticket says.
 *
 * @param claimed the registration; its times are the ticket's
 * @param issuedAt when it was issued, in whole milliseconds
 */
public record Ticket(Container claimed, Instant issuedAt) {}
