// The provider's pages: one to log in, and one to allow or refuse access.

import { text } from "node:stream/consumers";

export async function interaction(provider, request, response) {
  const details = await provider.interactionDetails(request, response);
  if (request.method !== "POST") {
    response.setHeader("content-type", "text/html; charset=utf-8");
    return response.end(page(details.prompt.name));
  }
  const form = new URLSearchParams(await text(request));
  const result = await answers[form.get("answer")](provider, details);
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
}

const answers = {
  log_in: () => ({ login: { accountId: "demo" } }),
  allow: async (provider, { grantId, params, prompt, session }) => {
    const grant = grantId
      ? await provider.Grant.find(grantId)
      : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope((prompt.details.missingOIDCScope ?? []).join(" "));
    return { consent: { grantId: await grant.save() } };
  },
  refuse: () => ({ error: "access_denied", error_description: "the person said no" }),
};

function page(prompt) {
  const button = (answer, name) => `<button id="${answer}" name="answer" value="${answer}">${name}</button>`;
  const buttons = prompt === "login" ? button("log_in", "Log in as demo") : button("allow", "Allow") + button("refuse", "Refuse");
  return `<!doctype html><html lang="en"><title>A server for tests</title><form method="post">${buttons}</form></html>`;
}
