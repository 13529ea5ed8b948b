"""How the tagger's weights come about: prepare, train, export, evaluate; needs `training/requirements.lock`."""
