/** Applications of Spring Boot on Lifebelt. */
package io.github.lifebelt.frameworks.springboot;
