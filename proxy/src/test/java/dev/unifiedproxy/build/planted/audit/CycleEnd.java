package dev.unifiedproxy.build.planted.audit;

import dev.unifiedproxy.build.planted.policy.AuthorizedRequest;

public final class CycleEnd {
    AuthorizedRequest forge() {
        return new AuthorizedRequest();
    }
}
