package dev.unifiedproxy.build.planted.policy;

import dev.unifiedproxy.build.planted.audit.CycleEnd;

public final class AuthorizedRequest {
    public AuthorizedRequest() {}

    CycleEnd end() {
        return new CycleEnd();
    }
}
