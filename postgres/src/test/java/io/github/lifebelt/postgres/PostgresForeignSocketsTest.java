package io.github.lifebelt.postgres;

import io.github.lifebelt.contract.DetourSocketFactory;
import io.github.lifebelt.contract.ForeignSockets;

class PostgresForeignSocketsTest extends ForeignSockets {

    @Override
    protected String factory() {
        return DetourSocketFactory.class.getName();
    }
}
