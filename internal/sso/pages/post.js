// Sends the form that the page is for; its button is for browsers without scripts.
document.forms[0].submit();
