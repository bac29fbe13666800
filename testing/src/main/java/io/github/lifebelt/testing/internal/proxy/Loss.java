package io.github.lifebelt.testing.internal.proxy;

import io.github.lifebelt.testing.ProtocolProxy.Ending;

/**
 * A message that is not to pass, nor anything after it.
 *
 * @param half whether the first half of it passes
 * @param ending what happens to the connection
 */
record Loss(boolean half, Ending ending) {}
